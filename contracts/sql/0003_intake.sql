-- What intake has accepted: same id and body again changes nothing, same revision with another body is a conflict.
CREATE TABLE intake_articles (
    article_id    text NOT NULL,
    revision      bigint NOT NULL,
    provider      text NOT NULL,
    content_hash  text NOT NULL,
    action        text NOT NULL,
    received_at   timestamptz NOT NULL,
    PRIMARY KEY (article_id, revision)
);

-- Webhook message ids of the last week: longer than any signature is valid (replay guard).
CREATE TABLE webhook_messages (
    source        text NOT NULL,
    message_id    text NOT NULL,
    body_sha256   bytea NOT NULL,
    received_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (source, message_id)
);
CREATE INDEX webhook_messages_by_age ON webhook_messages (received_at);

-- Where each polled feed stands.
CREATE TABLE feed_state (
    source           text PRIMARY KEY,
    etag             text,
    last_modified    text,
    next_poll_at     timestamptz NOT NULL DEFAULT now(),
    failures         integer NOT NULL DEFAULT 0,
    last_error       text,
    last_success_at  timestamptz
);
