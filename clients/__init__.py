"""One vendor SDK per file; nothing else imports that SDK."""
