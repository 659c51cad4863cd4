-- Who saw and did what, as a hash chain. `clients` are the clients concerned, so that one question answers "who saw X".
ALTER TABLE audit_log ADD COLUMN role text, ADD COLUMN clients text[] NOT NULL DEFAULT '{}';

UPDATE audit_log SET clients = CASE
    WHEN detail ? 'alerts' THEN ARRAY(SELECT DISTINCT seen->>'client_id' FROM jsonb_array_elements(detail->'alerts') seen)
    WHEN detail ? 'clients' THEN ARRAY(SELECT jsonb_array_elements_text(detail->'clients'))
    WHEN detail ? 'client_id' THEN ARRAY[detail->>'client_id']
    WHEN action IN ('portfolio.viewed', 'positions.viewed') THEN ARRAY[subject]
    ELSE '{}' END;

CREATE INDEX audit_log_by_client ON audit_log USING gin (clients);
CREATE INDEX audit_log_by_time ON audit_log (at);

-- A record's place in the chain: hash = SHA-256 of the hash before it and the record, as api/audit_chain.py writes it.
-- A table of its own, because a record's transaction must not wait for all others to learn its place.
CREATE TABLE audit_chain (
    seq       bigint PRIMARY KEY,
    audit_id  bigint NOT NULL UNIQUE,
    hash      bytea NOT NULL CHECK (length(hash) = 32)
);

-- Records without a place yet, by which the sealer finds them whatever order their transactions end in.
CREATE TABLE audit_pending (audit_id bigint PRIMARY KEY);
INSERT INTO audit_pending SELECT audit_id FROM audit_log;

CREATE FUNCTION await_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_pending SELECT audit_id FROM added;
    RETURN NULL;
END $$;
CREATE TRIGGER audit_log_added AFTER INSERT ON audit_log REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION await_seal();

-- Append only: no grant, and for whoever may grant it to himself an error.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_chain_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_chain
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON audit_log, audit_chain FROM PUBLIC, CURRENT_USER;
