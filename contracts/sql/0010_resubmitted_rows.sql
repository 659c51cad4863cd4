-- Quarantined rows whose correction has been put into bronze. A row is its file's version and its line; the correction
-- names both in its own column `resubmits`, which is what the next load goes by: this table only says so to people.
CREATE TABLE resubmitted_rows (
    file_id         uuid NOT NULL,
    line            bigint NOT NULL,
    key             text NOT NULL,
    resubmitted_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (file_id, line)
);
