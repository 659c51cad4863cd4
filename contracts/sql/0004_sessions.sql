-- Who is logged in. The browser's cookie or the token's `jti` is a random secret; only its keyed hash is kept.
CREATE TABLE sessions (
    secret_hash  bytea PRIMARY KEY,
    rm_id        text NOT NULL REFERENCES rm ON DELETE CASCADE,
    kind         text NOT NULL CHECK (kind IN ('cookie', 'token')),
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL,
    ended_at     timestamptz
);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Failed log-ins, counted over a sliding window; a success removes its own row.
CREATE TABLE login_attempts (
    attempt_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rm_id       text NOT NULL,
    address     text NOT NULL,
    at          timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX login_attempts_by_address ON login_attempts (address, at);

-- How far each RM's pages have confirmed their feed.
CREATE TABLE feed_receipts (
    rm_id      text PRIMARY KEY REFERENCES rm ON DELETE CASCADE,
    acked_seq  bigint NOT NULL,
    acked_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX alerts_by_age ON alerts (created_at DESC, alert_id DESC);

-- The one entitlement policy, used by REST and WebSocket alike: an RM or deputy sees the clients covered now,
-- a head and compliance see all, anyone else none.
CREATE FUNCTION may_see(an_rm text, a_client text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM rm
        WHERE rm.rm_id = an_rm AND rm.active AND (
            rm.role IN ('head', 'compliance')
            OR rm.role IN ('rm', 'deputy') AND EXISTS (
                SELECT FROM rm_clients c
                WHERE c.rm_id = an_rm AND c.client_id = a_client AND now() >= c.valid_from AND now() < c.valid_to
            )
        )
    )
$$;
