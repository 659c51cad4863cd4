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

-- Raised with every change of a story. Routers write one at a time (advisory lock), so a reader that has seen number n
-- finds every later change above n.
CREATE SEQUENCE story_changes;

CREATE TABLE stories (
    story_id          uuid PRIMARY KEY,
    client_id         text NOT NULL REFERENCES clients,
    first_article_id  text NOT NULL,
    headline          text NOT NULL,
    -- unit-length float16, little-endian, of the newest revision of the first article
    signature         bytea NOT NULL,
    first_seen_at     timestamptz NOT NULL,
    last_seen_at      timestamptz NOT NULL,
    change_seq        bigint NOT NULL
);
CREATE INDEX stories_by_client ON stories (client_id, change_seq);

CREATE TABLE alerts (
    alert_id         uuid PRIMARY KEY,
    story_id         uuid NOT NULL REFERENCES stories,
    client_id        text NOT NULL REFERENCES clients,
    -- counts the changes an RM can see; 0 until the alert is first shown
    revision         integer NOT NULL,
    status           text NOT NULL CHECK (status IN ('active', 'corrected', 'retracted')),
    state            text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'acknowledged')),
    acknowledged_by  text REFERENCES rm,
    acknowledged_at  timestamptz,
    severity         text NOT NULL,
    topic            text NOT NULL,
    relevance        double precision NOT NULL,
    -- when the next embargo within ends: the router's timer; null when none is left
    embargo_until    timestamptz,
    -- false until a first source is free to be shown: stored, shown to nobody
    released         boolean NOT NULL,
    -- alert.v1 as the RM gets it, less state and acknowledgement, which are the columns above
    payload          jsonb,
    -- when it was first shown (until then: stored), so that a released embargo is the newest alert
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    CHECK (released = (payload IS NOT NULL))
);
CREATE INDEX alerts_by_client ON alerts (client_id, created_at DESC);
CREATE INDEX alerts_under_embargo ON alerts (embargo_until) WHERE embargo_until IS NOT NULL;

-- Which article stands behind which alert, at which revision; an article stays in its client's story for good.
CREATE TABLE alert_sources (
    alert_id       uuid NOT NULL REFERENCES alerts ON DELETE CASCADE,
    article_id     text NOT NULL,
    client_id      text NOT NULL REFERENCES clients,
    revision       bigint NOT NULL,
    content_hash   text NOT NULL DEFAULT '',
    -- enriched.v1 without its signature, body cut to what an alert shows
    enriched       jsonb NOT NULL,
    retracted      boolean NOT NULL DEFAULT false,
    first_seen_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (alert_id, article_id),
    UNIQUE (article_id, client_id)
);

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
