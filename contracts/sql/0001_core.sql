-- The book: who the clients are, what is known of them, and which RM looks after whom.
CREATE TABLE clients (
    client_id   text PRIMARY KEY,
    kind        text NOT NULL CHECK (kind IN ('person', 'organisation')),
    legal_name  text NOT NULL,
    display     text NOT NULL,
    active      boolean NOT NULL DEFAULT true,
    created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE client_aliases (
    client_id  text NOT NULL REFERENCES clients ON DELETE CASCADE,
    name       text NOT NULL,
    type       text NOT NULL CHECK (type IN ('legal', 'alias', 'former', 'nickname', 'acronym')),
    added_by   text NOT NULL DEFAULT 'bank',
    added_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (client_id, name)
);

-- "Not this client": a name in a context that an RM ruled out. `context` null blocks the name everywhere.
CREATE TABLE client_blocks (
    block_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    client_id  text NOT NULL REFERENCES clients ON DELETE CASCADE,
    name       text NOT NULL,
    context    text,
    added_by   text NOT NULL,
    added_at   timestamptz NOT NULL DEFAULT now()
);

-- One row a fact: kind is employer, role, city, country, sector, party, birth_date, gender, description.
CREATE TABLE client_facts (
    client_id  text NOT NULL REFERENCES clients ON DELETE CASCADE,
    kind       text NOT NULL,
    value      text NOT NULL,
    PRIMARY KEY (client_id, kind, value)
);

CREATE TABLE client_relations (
    client_id          text NOT NULL REFERENCES clients ON DELETE CASCADE,
    relation           text NOT NULL,
    related_client_id  text REFERENCES clients ON DELETE CASCADE,
    related_name       text,
    CHECK (related_client_id IS NOT NULL OR related_name IS NOT NULL)
);

-- The resolver polls this one number; every change of the book raises it.
CREATE TABLE registry_version (
    only_row    boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version     bigint NOT NULL,
    changed_at  timestamptz NOT NULL DEFAULT now()
);
INSERT INTO registry_version (version) VALUES (1);

CREATE FUNCTION raise_registry_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE registry_version SET version = version + 1, changed_at = clock_timestamp();
    RETURN NULL;
END $$;

CREATE TRIGGER clients_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON clients
    FOR EACH STATEMENT EXECUTE FUNCTION raise_registry_version();
CREATE TRIGGER client_aliases_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON client_aliases
    FOR EACH STATEMENT EXECUTE FUNCTION raise_registry_version();
CREATE TRIGGER client_blocks_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON client_blocks
    FOR EACH STATEMENT EXECUTE FUNCTION raise_registry_version();
CREATE TRIGGER client_facts_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON client_facts
    FOR EACH STATEMENT EXECUTE FUNCTION raise_registry_version();
CREATE TRIGGER client_relations_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON client_relations
    FOR EACH STATEMENT EXECUTE FUNCTION raise_registry_version();

-- People of the bank. `last_seq` numbers the frames of the RM's feed, without gaps.
CREATE TABLE rm (
    rm_id          text PRIMARY KEY,
    display        text NOT NULL,
    role           text NOT NULL DEFAULT 'rm'
                   CHECK (role IN ('rm', 'deputy', 'head', 'compliance', 'analyst', 'engineer', 'operator')),
    password_hash  text,
    active         boolean NOT NULL DEFAULT true,
    last_seq       bigint NOT NULL DEFAULT 0,
    published_seq  bigint NOT NULL DEFAULT 0,
    feed_epoch     uuid NOT NULL DEFAULT gen_random_uuid()
);

CREATE TABLE rm_clients (
    rm_id       text NOT NULL REFERENCES rm ON DELETE CASCADE,
    client_id   text NOT NULL REFERENCES clients ON DELETE CASCADE,
    valid_from  timestamptz NOT NULL DEFAULT '-infinity',
    valid_to    timestamptz NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (rm_id, client_id, valid_from)
);
CREATE INDEX rm_clients_by_client ON rm_clients (client_id);
