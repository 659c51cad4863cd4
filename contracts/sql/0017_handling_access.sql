-- Rights on what 0011 and 0012 made, and deputies in row-level security.
GRANT SELECT ON covering TO tipline_api, tipline_router;
GRANT SELECT, INSERT ON coverage, mutes, preferences TO tipline_api;
GRANT UPDATE (ended_at, ended_by) ON coverage TO tipline_api;
GRANT UPDATE (ended_at) ON mutes TO tipline_api;
GRANT UPDATE (version, settings, changed_at) ON preferences TO tipline_api;
GRANT SELECT ON review_candidates, article_state TO tipline_api;
GRANT UPDATE (decision, decided_by, decided_at, note, learned) ON review_candidates TO tipline_api;
GRANT INSERT ON client_facts TO tipline_api;
GRANT UPDATE (
    snoozed_by, snoozed_until, dismissed_by, dismissed_at, dismissal_reason, escalated_by, escalated_at, escalated_to
) ON alerts TO tipline_api;

GRANT SELECT ON mutes TO tipline_router;
GRANT SELECT, INSERT ON review_candidates TO tipline_router;
-- What time does to an alert is audited too.
GRANT INSERT ON audit_log TO tipline_router;

CREATE OR REPLACE FUNCTION acting_covers() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.client_id FROM covering c JOIN rm USING (rm_id)
    WHERE c.rm_id = acting_rm() AND rm.active AND rm.role IN ('rm', 'deputy')
$$;

ALTER TABLE review_candidates ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_seen_clients ON review_candidates TO tipline_api
    USING ((SELECT acting_sees_all()) OR client_id IN (SELECT acting_covers()));
CREATE POLICY of_all_clients ON review_candidates TO tipline_router USING (true) WITH CHECK (true);

-- A person's own settings, and for the router, which marks what was muted, everybody's.
ALTER TABLE preferences ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_acting_rm ON preferences TO tipline_api USING (rm_id = acting_rm());
ALTER TABLE mutes ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_acting_rm ON mutes TO tipline_api USING (rm_id = acting_rm());
CREATE POLICY of_all_rms ON mutes TO tipline_router USING (true);

ALTER TABLE coverage ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_part_takers ON coverage TO tipline_api
    USING ((SELECT acting_sees_all()) OR acting_rm() IN (rm_id, deputy_id));

-- Row-level security lets no index on words be used, since it must look at the row first. So the owner searches, among the
-- alerts of those clients only whom the acting person sees, and gives ids away, which the policies look at again.
CREATE FUNCTION alerts_with_words(words text) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT alert_id FROM alerts
    WHERE released AND alert_words(payload) @@ websearch_to_tsquery('english', words)
      AND (acting_sees_all() OR client_id IN (SELECT acting_covers()))
$$;
REVOKE EXECUTE ON FUNCTION alerts_with_words(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alerts_with_words(text) TO tipline_api;
