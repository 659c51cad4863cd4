-- Who may do what. deploy/postgres/roles.sql made the roles, one a process; the owner, who alone migrates, is none of
-- them. A role may do here what its process does, and nothing else: a new table is granted by the migration that makes it.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO
    tipline_api, tipline_router, tipline_intake, tipline_serve, tipline_batch, tipline_warm, tipline_ticks,
    tipline_analyst;

-- A view gives its reader's rights, not its maker's.
ALTER VIEW client_metrics_current SET (security_invoker = true);
ALTER VIEW positions_eod_current SET (security_invoker = true);

-- Functions that write where their caller may not.
ALTER FUNCTION raise_registry_version() SECURITY DEFINER SET search_path = public, pg_temp;
ALTER FUNCTION append_feed(text, uuid, integer, jsonb) SECURITY DEFINER SET search_path = public, pg_temp;
ALTER FUNCTION await_seal() SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE EXECUTE ON FUNCTION append_feed(text, uuid, integer, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION append_feed(text, uuid, integer, jsonb) TO tipline_api, tipline_router;

-- A log-in by single sign-on that has begun, until the provider sends the browser back; the hashes are keyed.
CREATE TABLE sign_ons (
    state_hash    bytea PRIMARY KEY,
    browser_hash  bytea NOT NULL,
    nonce         text NOT NULL,
    verifier      text NOT NULL,
    address       text NOT NULL,
    begun_at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX sign_ons_by_address ON sign_ons (address, begun_at);

-- api: sessions and everything that a person reads or changes on the page.
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions, login_attempts, sign_ons, feed_receipts TO tipline_api;
GRANT SELECT ON schema_migrations, rm, rm_clients, clients, client_aliases, client_blocks, client_facts,
    client_relations, stories, alerts, alert_sources, alert_events, rm_feed, feedback, client_metrics,
    client_metrics_current, positions_eod, positions_eod_current, audit_log, audit_chain, audit_pending,
    market_list, iceberg_tables, iceberg_namespace_properties TO tipline_api;
-- Single sign-on says who a person is and which role; neither password nor the feed's numbers are changed by it.
GRANT INSERT (rm_id, display, role), UPDATE (display, role) ON rm TO tipline_api;
GRANT UPDATE (state, acknowledged_by, acknowledged_at, updated_at) ON alerts TO tipline_api;
GRANT INSERT ON alert_events, feedback, outbox, audit_log, audit_chain, client_aliases, client_blocks TO tipline_api;
GRANT DELETE ON audit_pending TO tipline_api;

-- router: makes alerts, sends them, relays the outbox.
GRANT SELECT ON clients, rm, rm_clients TO tipline_router;
GRANT UPDATE (published_seq, feed_epoch) ON rm TO tipline_router;
GRANT SELECT, INSERT, UPDATE ON article_state, stories, alerts, alert_sources TO tipline_router;
GRANT USAGE ON SEQUENCE story_changes TO tipline_router;
GRANT INSERT ON alert_events TO tipline_router;
GRANT SELECT, DELETE ON rm_feed TO tipline_router;
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox TO tipline_router;

-- intake, poller: what came in, and where the feeds stand; nothing of clients.
GRANT SELECT, INSERT, UPDATE ON intake_articles, feed_state TO tipline_intake;
GRANT SELECT, INSERT, DELETE ON webhook_messages TO tipline_intake;

-- serve: reads the book that it recognises clients by.
GRANT SELECT ON clients, client_aliases, client_blocks, client_facts, client_relations, registry_version
    TO tipline_serve;

-- glue, night and their jobs: files, runs, and the figures, of which none is ever changed.
GRANT SELECT, INSERT, UPDATE, DELETE ON iceberg_tables, iceberg_namespace_properties TO tipline_batch, tipline_warm;
GRANT SELECT, INSERT, UPDATE, DELETE ON glue_jobs, glue_triggers TO tipline_batch;
GRANT SELECT, INSERT, UPDATE ON landed_files, batch_runs, batch_days, glue_runs, night_runs TO tipline_batch;
GRANT SELECT, INSERT ON bronze_events, client_metrics, positions_eod TO tipline_batch;
GRANT SELECT ON client_accounts, client_metrics_current, positions_eod_current, resubmitted_rows TO tipline_batch;

-- warm, and the job that moves old days to the cold tier: seal under the clients' keys, which no other process reads.
GRANT SELECT, INSERT ON client_keys TO tipline_warm, tipline_batch;

-- ticks: what the demo's walk begins with.
GRANT SELECT ON market_list, positions_eod TO tipline_ticks;

-- analyst: finds the lake's tables; the rows are in S3.
GRANT SELECT ON iceberg_tables, iceberg_namespace_properties TO tipline_analyst;

-- Under the policy of the code, the same by row: the api reads and changes only rows of clients whom the person sees for
-- whom it acts (`app.rm_id`, set whenever a connection is borrowed), and none when it acts for nobody.
CREATE FUNCTION acting_rm() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('app.rm_id', true), '')
$$;

-- As `clients_seen_by`, less the columns of the client: the policy on `clients` itself must not read that table.
CREATE FUNCTION acting_sees_all() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT EXISTS (SELECT FROM rm WHERE rm_id = acting_rm() AND active AND role IN ('head', 'compliance'))
$$;

CREATE FUNCTION acting_covers() RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT c.client_id FROM rm_clients c JOIN rm USING (rm_id)
    WHERE c.rm_id = acting_rm() AND rm.active AND rm.role IN ('rm', 'deputy')
      AND now() >= c.valid_from AND now() < c.valid_to
$$;

-- Both functions are asked once a query, not once a row. The platform's other roles serve all clients at once.
DO $$
DECLARE a_table text;
BEGIN
    FOREACH a_table IN ARRAY ARRAY['clients', 'client_aliases', 'client_blocks', 'client_facts', 'client_relations',
        'stories', 'alerts', 'alert_sources', 'client_metrics', 'positions_eod']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', a_table);
        EXECUTE format('CREATE POLICY of_seen_clients ON %I TO tipline_api
            USING ((SELECT acting_sees_all()) OR client_id IN (SELECT acting_covers()))', a_table);
        EXECUTE format('CREATE POLICY of_all_clients ON %I
            TO tipline_router, tipline_serve, tipline_batch, tipline_ticks
            USING (true) WITH CHECK (true)', a_table);
    END LOOP;
    ALTER TABLE rm_feed ENABLE ROW LEVEL SECURITY;
    CREATE POLICY of_acting_rm ON rm_feed TO tipline_api USING (rm_id = acting_rm());
    CREATE POLICY of_all_rms ON rm_feed TO tipline_router USING (true);
    FOREACH a_table IN ARRAY ARRAY['alert_events', 'feedback']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', a_table);
        EXECUTE format('CREATE POLICY of_seen_alerts ON %I TO tipline_api
            USING (EXISTS (SELECT FROM alerts a WHERE a.alert_id = %I.alert_id))', a_table, a_table);
        EXECUTE format('CREATE POLICY of_all_alerts ON %I TO tipline_router USING (true) WITH CHECK (true)', a_table);
    END LOOP;
END $$;
