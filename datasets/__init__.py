"""Training data: archive readers, training sets, retraining. Never install Hugging Face datasets beside it."""
