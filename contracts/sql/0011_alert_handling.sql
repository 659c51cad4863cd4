-- What people do about an alert. `state` follows from the rest: a dismissal hides a snooze, and that an acknowledgement.
ALTER TABLE alerts DROP COLUMN state;
ALTER TABLE alerts
    ADD COLUMN snoozed_by        text REFERENCES rm,
    ADD COLUMN snoozed_until     timestamptz,
    ADD COLUMN dismissed_by      text REFERENCES rm,
    ADD COLUMN dismissed_at      timestamptz,
    ADD COLUMN dismissal_reason  text,
    -- no reference: an alert that waited too long escalates by itself
    ADD COLUMN escalated_by      text,
    ADD COLUMN escalated_at      timestamptz,
    ADD COLUMN escalated_to      text CHECK (escalated_to IN ('deputy', 'head')),
    -- since when a critical alert has been waiting for somebody; null while it is not
    ADD COLUMN attention_since   timestamptz;
ALTER TABLE alerts ADD COLUMN state text NOT NULL GENERATED ALWAYS AS (
    CASE WHEN dismissed_at IS NOT NULL THEN 'dismissed'
         WHEN snoozed_until IS NOT NULL THEN 'snoozed'
         WHEN acknowledged_at IS NOT NULL THEN 'acknowledged'
         WHEN escalated_at IS NOT NULL THEN 'escalated'
         ELSE 'new' END) STORED;

-- Whoever writes an alert, the router or a person, starts and stops its clock here.
CREATE FUNCTION note_attention() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.released AND NEW.severity = 'critical' AND NEW.status <> 'retracted'
       AND NEW.acknowledged_at IS NULL AND NEW.dismissed_at IS NULL AND NEW.snoozed_until IS NULL THEN
        NEW.attention_since := coalesce(NEW.attention_since, clock_timestamp());
    ELSE
        NEW.attention_since := NULL;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER alerts_attention BEFORE INSERT OR UPDATE ON alerts FOR EACH ROW EXECUTE FUNCTION note_attention();
-- Old alerts start their clock now: nobody was told that one would run.
UPDATE alerts SET attention_since = NULL WHERE severity = 'critical';

CREATE INDEX alerts_waiting ON alerts (attention_since) WHERE attention_since IS NOT NULL;
CREATE INDEX alerts_snoozed ON alerts (snoozed_until) WHERE snoozed_until IS NOT NULL;

-- The words an alert is found by. As an index on a function and not a column, they burden no reader of the row.
CREATE FUNCTION alert_words(payload jsonb) RETURNS tsvector LANGUAGE sql IMMUTABLE COST 2000 AS $$
    SELECT setweight(to_tsvector('english', coalesce(payload->>'headline', '')), 'A')
        || setweight(to_tsvector('english', jsonb_path_query_array(payload, '$.summary[*].text')), 'B')
        || setweight(to_tsvector('english', jsonb_path_query_array(payload, '$.sources[*].headline')), 'B')
        || setweight(to_tsvector('english', coalesce(payload #>> '{client,display}', '')), 'B')
        || to_tsvector('english', coalesce(payload->>'body', ''))
$$;
CREATE INDEX alerts_by_words ON alerts USING gin (alert_words(payload)) WHERE released;

-- A deputy looks after the clients of an RM, all (client_id null) or one, for a time. An RM's deputies have no deputies.
CREATE TABLE coverage (
    coverage_id  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    rm_id        text NOT NULL REFERENCES rm ON DELETE CASCADE,
    deputy_id    text NOT NULL REFERENCES rm ON DELETE CASCADE,
    client_id    text REFERENCES clients ON DELETE CASCADE,
    valid_from   timestamptz NOT NULL,
    valid_to     timestamptz NOT NULL,
    created_by   text NOT NULL REFERENCES rm,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_by     text REFERENCES rm,
    ended_at     timestamptz,
    CHECK (deputy_id <> rm_id),
    CHECK (valid_from < valid_to)
);
CREATE INDEX coverage_by_rm ON coverage (rm_id);
CREATE INDEX coverage_by_deputy ON coverage (deputy_id);

-- Who looks after which client now: in their own right, or for another.
CREATE VIEW covering AS
SELECT c.rm_id, c.client_id, NULL::text AS for_rm FROM rm_clients c
WHERE now() >= c.valid_from AND now() < c.valid_to
UNION ALL
SELECT d.deputy_id, c.client_id, d.rm_id FROM coverage d
JOIN rm_clients c ON c.rm_id = d.rm_id AND c.client_id = coalesce(d.client_id, c.client_id)
WHERE d.ended_at IS NULL AND now() >= d.valid_from AND now() < d.valid_to
  AND now() >= c.valid_from AND now() < c.valid_to;

CREATE OR REPLACE FUNCTION may_see(an_rm text, a_client text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM rm
        WHERE rm.rm_id = an_rm AND rm.active AND (
            rm.role IN ('head', 'compliance')
            OR rm.role IN ('rm', 'deputy') AND EXISTS (
                SELECT FROM covering c WHERE c.rm_id = an_rm AND c.client_id = a_client
            )
        )
    )
$$;

CREATE OR REPLACE FUNCTION clients_seen_by(an_rm text) RETURNS SETOF clients LANGUAGE sql STABLE AS $$
    SELECT c.* FROM clients c
    WHERE c.active
      AND (
        EXISTS (SELECT FROM rm WHERE rm.rm_id = an_rm AND rm.active AND rm.role IN ('head', 'compliance'))
        OR c.client_id IN (
            SELECT covered.client_id FROM covering covered JOIN rm USING (rm_id)
            WHERE rm.rm_id = an_rm AND rm.active AND rm.role IN ('rm', 'deputy')
        )
      )
$$;

-- Whose tabs hear of an alert: who covers its client, and the heads once it came to them.
CREATE FUNCTION hearers_of(an_alert uuid) RETURNS SETOF text LANGUAGE sql STABLE AS $$
    SELECT c.rm_id FROM alerts a JOIN covering c USING (client_id) JOIN rm ON rm.rm_id = c.rm_id AND rm.active
    WHERE a.alert_id = an_alert
    UNION
    SELECT rm.rm_id FROM alerts a JOIN rm ON rm.role = 'head' AND rm.active
    WHERE a.alert_id = an_alert AND a.escalated_to = 'head'
$$;

-- What a person does not want to be called for: a client, a topic, or that topic of that client. Null: until ended.
CREATE TABLE mutes (
    mute_id     uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    rm_id       text NOT NULL REFERENCES rm ON DELETE CASCADE,
    client_id   text REFERENCES clients ON DELETE CASCADE,
    topic       text,
    until       timestamptz,
    reason      text NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at    timestamptz,
    CHECK (client_id IS NOT NULL OR topic IS NOT NULL)
);
CREATE INDEX mutes_by_rm ON mutes (rm_id);

-- Counted from when the alert came: neither a mute that begins later nor its end changes what was muted. Critical pierces.
CREATE FUNCTION is_muted(an_rm text, an_alert alerts) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT an_alert.severity <> 'critical' AND EXISTS (
        SELECT FROM mutes m
        WHERE m.rm_id = an_rm
          AND (m.client_id IS NULL OR m.client_id = an_alert.client_id)
          AND (m.topic IS NULL OR m.topic = an_alert.topic)
          AND an_alert.created_at >= m.created_at
          AND an_alert.created_at < least(m.until, m.ended_at, 'infinity')
    )
$$;

-- An alert's frame as one RM gets it: what the RM muted is marked, and does not come as new.
CREATE FUNCTION as_pushed(an_rm text, an_alert uuid, a_frame jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN NOT is_muted(an_rm, a) THEN a_frame
        WHEN a_frame->>'type' = 'alert'
            THEN jsonb_set(a_frame, '{alert,muted}', 'true') || '{"type": "alert.updated"}'
        ELSE jsonb_set(a_frame, '{alert,muted}', 'true') END
    FROM alerts a WHERE a.alert_id = an_alert
$$;

CREATE FUNCTION wire_time(a_moment timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT to_char(a_moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

-- All that follows from a change of state, in the transaction that made it: the history, a frame to every tab that hears
-- of it, the outbox (alert-state.v1) and the audit. `a_role` is empty where nobody acts but time.
CREATE FUNCTION publish_alert_change(an_alert uuid, a_kind text, an_actor text, a_role text, a_note text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    a alerts;
    moment timestamptz := date_trunc('milliseconds', clock_timestamp());
    change jsonb;
    extra jsonb;
BEGIN
    SELECT * INTO STRICT a FROM alerts WHERE alert_id = an_alert;
    IF a_kind = 'acknowledged' THEN moment := a.acknowledged_at; END IF;
    extra := jsonb_build_object('snoozed_until', wire_time(a.snoozed_until), 'dismissal_reason', a.dismissal_reason,
        'escalated_to', a.escalated_to);
    change := extra || jsonb_build_object('kind', a_kind, 'alert_id', a.alert_id, 'state', a.state, 'by', an_actor,
        'at', wire_time(moment), 'revision', a.revision);
    extra := jsonb_strip_nulls(extra);
    INSERT INTO alert_events (alert_id, revision, kind, actor, at, detail) VALUES (a.alert_id, a.revision, a_kind,
        an_actor, moment, extra || jsonb_strip_nulls(jsonb_build_object('note', nullif(a_note, ''))));
    -- In the order of their ids, so that two writers of several feeds cannot wait for each other.
    PERFORM append_feed(rm_id, a.alert_id, a.revision, change || '{"type": "state"}')
    FROM (SELECT rm_id FROM hearers_of(a.alert_id) AS rm_id ORDER BY rm_id) AS hearers;
    INSERT INTO outbox (topic, key, value)
    VALUES ('alert-state-changes', a.client_id, change || jsonb_build_object('client_id', a.client_id));
    INSERT INTO audit_log (actor, role, action, subject, clients, detail)
    VALUES (an_actor, nullif(a_role, ''), 'alert.' || a_kind, a.alert_id, ARRAY[a.client_id], extra);
END $$;

CREATE TABLE preferences (
    rm_id       text PRIMARY KEY REFERENCES rm ON DELETE CASCADE,
    version     integer NOT NULL CHECK (version > 0),
    settings    jsonb NOT NULL,
    changed_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);

ALTER TABLE feedback
    ADD COLUMN note             text NOT NULL DEFAULT '',
    -- the caller's own name for the request, so that the same one sent twice counts once
    ADD COLUMN idempotency_key  text,
    ADD UNIQUE (rm_id, idempotency_key);
CREATE INDEX feedback_by_alert ON feedback (alert_id);
