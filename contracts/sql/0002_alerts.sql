-- Newest revision of each article the router has heard of; ties break by content hash.
CREATE TABLE article_state (
    article_id          text PRIMARY KEY,
    revision            bigint NOT NULL,
    content_hash        text NOT NULL DEFAULT '',
    action              text NOT NULL,
    -- null until an article-level record said which clients remain
    matched_client_ids  text[],
    updated_at          timestamptz NOT NULL DEFAULT now()
);

-- Every enrichment applied, so that a repeated one changes nothing.
CREATE TABLE applied_enrichments (
    enrichment_id  uuid NOT NULL,
    content_hash   text NOT NULL DEFAULT '',
    applied_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (enrichment_id, content_hash)
);

CREATE TABLE stories (
    story_id          uuid PRIMARY KEY,
    client_id         text NOT NULL REFERENCES clients,
    first_article_id  text NOT NULL,
    headline          text NOT NULL,
    -- unit-length float16, little-endian, of the newest revision of the first article
    signature         bytea NOT NULL,
    first_seen_at     timestamptz NOT NULL,
    last_seen_at      timestamptz NOT NULL
);
CREATE INDEX stories_by_client ON stories (client_id, last_seen_at DESC);

CREATE TABLE alerts (
    alert_id         uuid PRIMARY KEY,
    story_id         uuid NOT NULL REFERENCES stories,
    client_id        text NOT NULL REFERENCES clients,
    revision         integer NOT NULL,
    status           text NOT NULL CHECK (status IN ('active', 'corrected', 'retracted')),
    state            text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'acknowledged')),
    acknowledged_by  text REFERENCES rm,
    acknowledged_at  timestamptz,
    severity         text NOT NULL,
    topic            text NOT NULL,
    relevance        double precision NOT NULL,
    embargo_until    timestamptz,
    -- false while an embargo holds: stored, shown to nobody
    released         boolean NOT NULL,
    -- alert.v1 as the RM gets it, less state and acknowledgement, which are the columns above
    payload          jsonb NOT NULL,
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX alerts_by_client ON alerts (client_id, created_at DESC);
CREATE INDEX alerts_under_embargo ON alerts (embargo_until) WHERE NOT released;

-- Which article stands behind which alert, at which revision.
CREATE TABLE alert_sources (
    alert_id       uuid NOT NULL REFERENCES alerts,
    article_id     text NOT NULL,
    revision       bigint NOT NULL,
    content_hash   text NOT NULL DEFAULT '',
    enriched       jsonb NOT NULL,
    retracted      boolean NOT NULL DEFAULT false,
    first_seen_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (alert_id, article_id)
);
CREATE INDEX alert_sources_by_article ON alert_sources (article_id);

CREATE TABLE alert_events (
    event_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alert_id    uuid NOT NULL REFERENCES alerts,
    revision    integer NOT NULL,
    kind        text NOT NULL,
    actor       text NOT NULL,
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    detail      jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX alert_events_by_alert ON alert_events (alert_id, event_id);

-- What each RM is sent, in order; `frame` is the WebSocket frame less its seq.
CREATE TABLE rm_feed (
    rm_id       text NOT NULL REFERENCES rm ON DELETE CASCADE,
    seq         bigint NOT NULL,
    alert_id    uuid NOT NULL REFERENCES alerts,
    revision    integer NOT NULL,
    frame       jsonb NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (rm_id, seq)
);

-- Records to be published to Kafka exactly as they stand.
CREATE TABLE outbox (
    outbox_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic         text NOT NULL,
    key           text NOT NULL,
    value         jsonb NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    published_at  timestamptz
);
CREATE INDEX outbox_waiting ON outbox (outbox_id) WHERE published_at IS NULL;

CREATE TABLE feedback (
    feedback_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alert_id     uuid NOT NULL REFERENCES alerts,
    revision     integer NOT NULL,
    rm_id        text NOT NULL REFERENCES rm,
    useful       boolean NOT NULL,
    reason       text,
    at           timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE audit_log (
    audit_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor     text NOT NULL,
    action    text NOT NULL,
    subject   text,
    detail    jsonb NOT NULL DEFAULT '{}'
);

-- Appends one frame to an RM's feed and wakes the publisher; the row lock on rm keeps seq in commit order, without gaps.
CREATE FUNCTION append_feed(an_rm text, an_alert uuid, a_revision integer, a_frame jsonb) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE new_seq bigint;
BEGIN
    UPDATE rm SET last_seq = last_seq + 1 WHERE rm_id = an_rm RETURNING last_seq INTO new_seq;
    INSERT INTO rm_feed (rm_id, seq, alert_id, revision, frame) VALUES (an_rm, new_seq, an_alert, a_revision, a_frame);
    PERFORM pg_notify('rm_feed', an_rm);
    RETURN new_seq;
END $$;
