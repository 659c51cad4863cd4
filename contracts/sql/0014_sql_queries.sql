-- The analysts' queries, as Athena keeps them; what was asked and seen is in the audit log for good.
CREATE TABLE sql_queries (
    query_id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    actor            text NOT NULL,
    role             text NOT NULL,
    request_token    text NOT NULL,
    query            text NOT NULL,
    database         text,
    work_group       text NOT NULL,
    -- s3://bucket/key of the result
    output_location  text NOT NULL,
    state            text NOT NULL DEFAULT 'QUEUED'
                     CHECK (state IN ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
    reason           text,
    -- [{name, type}] of the result
    columns          jsonb NOT NULL DEFAULT '[]',
    result_rows      bigint NOT NULL DEFAULT 0,
    result_bytes     bigint NOT NULL DEFAULT 0,
    scanned_bytes    bigint NOT NULL DEFAULT 0,
    submitted_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    started_at       timestamptz,
    ended_at         timestamptz,
    UNIQUE (actor, request_token)
);
CREATE INDEX sql_queries_by_age ON sql_queries (submitted_at DESC);

GRANT SELECT, INSERT, UPDATE, DELETE ON sql_queries TO tipline_analyst;
GRANT INSERT ON audit_log TO tipline_analyst;
