-- Asynchronous invocations that were accepted and have no result yet. A front door that works on one holds its row's lock,
-- so one that dies gives it back.
CREATE TABLE async_invocations (
    invocation_id   uuid PRIMARY KEY,
    -- Target, headers, and where input, output and failure are in S3.
    call            jsonb NOT NULL,
    -- The input where it came with the call.
    body            bytea,
    -- Worked on from then on, the longest due first; what could not be done is due again a little later.
    due_at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- After this it fails instead of starting.
    expires_at      timestamptz NOT NULL
);
CREATE INDEX async_invocations_by_due ON async_invocations (due_at);
GRANT SELECT, INSERT, DELETE, UPDATE ON async_invocations TO tipline_serve;
