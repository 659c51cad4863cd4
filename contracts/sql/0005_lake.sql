-- Iceberg's JDBC catalog, schema version V1, as Spark and PyIceberg share it.
CREATE TABLE iceberg_tables (
    catalog_name                varchar(255) NOT NULL,
    table_namespace             varchar(255) NOT NULL,
    table_name                  varchar(255) NOT NULL,
    metadata_location           varchar(1000),
    previous_metadata_location  varchar(1000),
    iceberg_type                varchar(5),
    PRIMARY KEY (catalog_name, table_namespace, table_name)
);

CREATE TABLE iceberg_namespace_properties (
    catalog_name    varchar(255) NOT NULL,
    namespace       varchar(255) NOT NULL,
    property_key    varchar(255) NOT NULL,
    property_value  varchar(1000),
    PRIMARY KEY (catalog_name, namespace, property_key)
);

-- The accounts that core banking keeps for a client: positions of any other account are quarantined.
CREATE TABLE client_accounts (
    account_id  text PRIMARY KEY,
    client_id   text NOT NULL,
    base_ccy    text NOT NULL CHECK (base_ccy ~ '^[A-Z]{3}$'),
    added_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX client_accounts_by_client ON client_accounts (client_id);

-- One row a version of an object in bronze; `kind` is positions, prices, fx or transactions.
-- landed: complete and not yet read; waiting: its manifest has not come; loaded: its good rows are in silver;
-- failed: refused whole, `reason` says why and where.
CREATE TABLE landed_files (
    file_id     uuid PRIMARY KEY,
    bucket      text NOT NULL,
    key         text NOT NULL,
    version_id  text NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('positions', 'prices', 'fx', 'transactions')),
    as_of_date  date NOT NULL,
    size_bytes  bigint NOT NULL,
    status      text NOT NULL CHECK (status IN ('waiting', 'landed', 'loaded', 'failed')),
    reason      text,
    -- The version of the manifest that the file has to agree with, if it has one.
    manifest_version text,
    rows_good   bigint,
    rows_bad    bigint,
    landed_at   timestamptz NOT NULL DEFAULT now(),
    loaded_at   timestamptz,
    run_id      uuid,
    UNIQUE (bucket, key, version_id)
);
CREATE INDEX landed_files_by_date ON landed_files (as_of_date, kind);

-- One row a run of the batch over one or more days.
CREATE TABLE batch_runs (
    run_id       uuid PRIMARY KEY,
    kind         text NOT NULL CHECK (kind IN ('nightly', 'backfill', 'restatement')),
    status       text NOT NULL CHECK (status IN ('running', 'succeeded', 'failed')),
    finality     text NOT NULL CHECK (finality IN ('flash', 'final')),
    from_date    date NOT NULL,
    to_date      date NOT NULL,
    stage        text NOT NULL DEFAULT 'silver',
    inputs_hash  text NOT NULL,
    job_run_id   text,
    snapshots    jsonb NOT NULL DEFAULT '{}',
    counts       jsonb NOT NULL DEFAULT '{}',
    error        text,
    started_at   timestamptz NOT NULL DEFAULT now(),
    ended_at     timestamptz
);
CREATE INDEX batch_runs_by_date ON batch_runs (to_date, started_at);
