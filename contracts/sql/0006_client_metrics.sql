-- What the morning's batch says of each client and day. A row is never changed: other figures are another revision.
-- No references: figures outlive a client that left the book, and the log of the runs.
CREATE TABLE client_metrics (
    client_id           text NOT NULL,
    as_of_date          date NOT NULL,
    revision            integer NOT NULL CHECK (revision > 0),
    -- flash: not every file had come; final: all had; restated: other figures after they had been final
    status              text NOT NULL CHECK (status IN ('flash', 'final', 'restated')),
    -- a corrected file no longer has the client on this day: the row repeats the figures that no longer hold
    withdrawn           boolean NOT NULL DEFAULT false,
    base_ccy            text NOT NULL,
    market_value        numeric(20, 2) NOT NULL,
    pnl_total           numeric(20, 2) NOT NULL,
    pnl_price           numeric(20, 2) NOT NULL,
    pnl_fx              numeric(20, 2) NOT NULL,
    pnl_trading         numeric(20, 2) NOT NULL,
    pnl_income          numeric(20, 2) NOT NULL,
    pnl_fees            numeric(20, 2) NOT NULL,
    pnl_unexplained     numeric(20, 2) NOT NULL,
    net_flows           numeric(20, 2) NOT NULL,
    daily_return        numeric(28, 10) NOT NULL,
    -- time-weighted return since the client's first day
    twr                 numeric(28, 10) NOT NULL,
    drawdown            numeric(28, 10) NOT NULL CHECK (drawdown <= 0),
    top_concentration   numeric(28, 10) NOT NULL,
    concentrations      jsonb NOT NULL,
    top_movers          jsonb NOT NULL,
    quality             text NOT NULL CHECK (quality IN ('ok', 'restated', 'stale', 'estimated', 'missing')),
    quality_counts      jsonb NOT NULL,
    positions           integer NOT NULL,
    -- the revision in positions_eod that holds the positions behind these figures
    positions_revision  integer NOT NULL,
    computed_at         timestamptz NOT NULL,
    run_id              uuid NOT NULL,
    PRIMARY KEY (client_id, as_of_date, revision),
    CHECK (positions_revision <= revision),
    CHECK (pnl_total = pnl_price + pnl_fx + pnl_trading + pnl_income + pnl_fees + pnl_unexplained)
);
CREATE INDEX client_metrics_by_date ON client_metrics (as_of_date, client_id);

-- The positions of a client's day. The date comes first in the key, so that a night's rows go to the index's end.
CREATE TABLE positions_eod (
    as_of_date       date NOT NULL,
    client_id        text NOT NULL,
    revision         integer NOT NULL,
    account_id       text NOT NULL,
    id_type          text NOT NULL,
    instrument_id    text NOT NULL,
    base_ccy         text NOT NULL,
    quantity         numeric(20, 6) NOT NULL,
    price            numeric(22, 10),
    price_ccy        text,
    price_date       date,
    fx_rate          numeric(20, 12),
    market_value     numeric(20, 2) NOT NULL,
    weight           numeric(28, 10) NOT NULL,
    pnl_total        numeric(20, 2) NOT NULL,
    pnl_price        numeric(20, 2) NOT NULL,
    pnl_fx           numeric(20, 2) NOT NULL,
    pnl_trading      numeric(20, 2) NOT NULL,
    pnl_income       numeric(20, 2) NOT NULL,
    pnl_fees         numeric(20, 2) NOT NULL,
    pnl_unexplained  numeric(20, 2) NOT NULL,
    net_flows        numeric(20, 2) NOT NULL,
    quality          text NOT NULL,
    quality_days     integer,
    PRIMARY KEY (as_of_date, client_id, revision, account_id, instrument_id)
);

-- The figures as they were known at a moment: per client and day the highest revision computed by then. In this form the
-- planner walks the primary key backwards and stops at a client's latest day; DISTINCT ON would read all days first.
CREATE FUNCTION client_metrics_known_at(a_moment timestamptz) RETURNS SETOF client_metrics LANGUAGE sql STABLE AS $$
    SELECT m.* FROM client_metrics m
    WHERE m.computed_at <= a_moment AND NOT m.withdrawn
      AND NOT EXISTS (
        SELECT FROM client_metrics later
        WHERE later.client_id = m.client_id AND later.as_of_date = m.as_of_date AND later.revision > m.revision
          AND later.computed_at <= a_moment
      )
$$;

CREATE VIEW client_metrics_current AS SELECT * FROM client_metrics_known_at('infinity');

CREATE VIEW positions_eod_current AS
SELECT p.* FROM client_metrics_current c
JOIN positions_eod p ON p.as_of_date = c.as_of_date AND p.client_id = c.client_id AND p.revision = c.positions_revision;

-- The active clients that a person may see: the policy of `may_see`, read as a set.
CREATE FUNCTION clients_seen_by(an_rm text) RETURNS SETOF clients LANGUAGE sql STABLE AS $$
    SELECT c.* FROM clients c
    WHERE c.active
      AND (
        EXISTS (SELECT FROM rm WHERE rm.rm_id = an_rm AND rm.active AND rm.role IN ('head', 'compliance'))
        OR c.client_id IN (
            SELECT covered.client_id FROM rm_clients covered JOIN rm USING (rm_id)
            WHERE rm.rm_id = an_rm AND rm.active AND rm.role IN ('rm', 'deputy')
              AND now() >= covered.valid_from AND now() < covered.valid_to
        )
      )
$$;
