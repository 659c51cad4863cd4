-- One data key a client, wrapped by the master key `master_key_id`; what the lake and the archive hold of a client is
-- sealed under it. Destroying the key (wrapped_key null) erases the client there; the row stays, so that no record that
-- comes late makes a new one. Old backups still hold the wrapped key: rotate the master key and destroy the old one.
CREATE TABLE client_keys (
    client_token   text PRIMARY KEY CHECK (client_token ~ '^([0-9a-f]{64}|unattributed)$'),
    wrapped_key    bytea,
    master_key_id  text NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now(),
    destroyed_at   timestamptz,
    CHECK ((wrapped_key IS NULL) = (destroyed_at IS NOT NULL))
);
