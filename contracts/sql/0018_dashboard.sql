-- What the dashboard reads beside the figures: files that say what instruments are, shares that rules look at, and a number
-- that tells a gateway whether what it has summed is still true.
ALTER TABLE landed_files DROP CONSTRAINT landed_files_kind_check,
    ADD CONSTRAINT landed_files_kind_check
        CHECK (kind IN ('positions', 'prices', 'fx', 'transactions', 'instruments'));

-- The largest share of one sort, by absolute value, of what has a name other than `but`; null where there is none.
CREATE FUNCTION largest_share(concentrations jsonb, sort text, but text) RETURNS numeric LANGUAGE sql IMMUTABLE
AS $$
    SELECT max(abs((one ->> 'weight')::numeric)) FROM jsonb_path_query(concentrations -> sort, '$[*]') one
    WHERE one ->> 'name' <> but
$$;

-- The share of what no file of instruments described; null before the first such file.
CREATE FUNCTION unclassified_share(concentrations jsonb) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(max(abs((one ->> 'weight')::numeric)) FILTER (WHERE one ->> 'name' IS NULL), 0)
    FROM jsonb_path_query(concentrations -> 'asset_class', '$[*]') one
    HAVING count(*) > 0
$$;

-- In the row itself: rules over a whole book must not unpack every client's JSON.
ALTER TABLE client_metrics
    ADD COLUMN top_issuer           numeric GENERATED ALWAYS AS (largest_share(concentrations, 'issuer', '')) STORED,
    ADD COLUMN top_foreign_currency numeric
        GENERATED ALWAYS AS (largest_share(concentrations, 'currency', base_ccy)) STORED,
    ADD COLUMN top_asset_class      numeric
        GENERATED ALWAYS AS (largest_share(concentrations, 'asset_class', 'cash')) STORED,
    ADD COLUMN top_country          numeric GENERATED ALWAYS AS (largest_share(concentrations, 'country', '')) STORED,
    ADD COLUMN unclassified         numeric GENERATED ALWAYS AS (unclassified_share(concentrations)) STORED;

CREATE OR REPLACE VIEW client_metrics_current WITH (security_invoker = true) AS
SELECT * FROM client_metrics_known_at('infinity');

-- Raised with every change of figures, in the same transaction.
CREATE TABLE figures_version (version bigint NOT NULL);
INSERT INTO figures_version VALUES (1);
GRANT SELECT ON figures_version TO tipline_api;
CREATE FUNCTION raise_figures_version() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE figures_version SET version = version + 1;
    RETURN NULL;
END $$;
CREATE TRIGGER client_metrics_changed AFTER INSERT ON client_metrics
    FOR EACH STATEMENT EXECUTE FUNCTION raise_figures_version();
