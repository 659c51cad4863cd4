-- The Glue facade. `definition` is what the caller wrote, in AWS's words; GetJob and GetTrigger give it back.
CREATE TABLE glue_jobs (
    name         text PRIMARY KEY,
    definition   jsonb NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    modified_at  timestamptz NOT NULL DEFAULT now()
);

-- One row an attempt. A retry is a run of its own that names the one before it, and each is retried once at most.
CREATE TABLE glue_runs (
    run_id           text PRIMARY KEY,
    job_name         text NOT NULL,
    trigger_name     text,
    previous_run_id  text UNIQUE REFERENCES glue_runs,
    attempt          integer NOT NULL DEFAULT 0,
    arguments        jsonb NOT NULL,
    timeout_minutes  integer NOT NULL,
    state            text NOT NULL DEFAULT 'STARTING' CHECK (state IN
                     ('STARTING', 'RUNNING', 'STOPPING', 'STOPPED', 'SUCCEEDED', 'FAILED', 'TIMEOUT')),
    error            text,
    started_at       timestamptz NOT NULL DEFAULT now(),
    modified_at      timestamptz NOT NULL DEFAULT now(),
    completed_at     timestamptz
);
CREATE INDEX glue_runs_by_job ON glue_runs (job_name, started_at DESC, run_id);
CREATE INDEX glue_runs_active ON glue_runs (job_name) WHERE completed_at IS NULL;

-- `fired_at` is up to when the trigger has answered schedule or conditions; `event_id` up to which event.
CREATE TABLE glue_triggers (
    name         text PRIMARY KEY,
    definition   jsonb NOT NULL,
    state        text NOT NULL CHECK (state IN ('CREATED', 'ACTIVATED', 'DEACTIVATED')),
    fired_at     timestamptz NOT NULL DEFAULT now(),
    event_id     bigint NOT NULL DEFAULT 0
);

-- Events of the bronze bucket, each version once however often it was announced.
CREATE TABLE bronze_events (
    event_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bucket      text NOT NULL,
    key         text NOT NULL,
    version_id  text NOT NULL,
    at          timestamptz NOT NULL DEFAULT now(),
    UNIQUE (bucket, key, version_id)
);

-- From which files (bucket, key, version) a day's figures were last made: the same files make nothing again. Hash and
-- finality are those of the figures there are, null before there are any; `failed` says that newer files were refused.
CREATE TABLE batch_days (
    as_of_date   date PRIMARY KEY,
    inputs_hash  text,
    finality     text CHECK (finality IN ('flash', 'final')),
    status       text NOT NULL CHECK (status IN ('done', 'failed')),
    reason       text,
    run_id       uuid NOT NULL REFERENCES batch_runs,
    made_at      timestamptz NOT NULL DEFAULT now()
);

-- What the night watcher started, by the inputs it saw.
CREATE TABLE night_runs (
    job_run_id   text PRIMARY KEY,
    inputs_hash  text NOT NULL,
    from_date    date NOT NULL,
    to_date      date NOT NULL,
    started_at   timestamptz NOT NULL DEFAULT now(),
    ended_at     timestamptz,
    succeeded    boolean,
    reason       text
);
CREATE INDEX night_runs_by_inputs ON night_runs (inputs_hash, started_at);
