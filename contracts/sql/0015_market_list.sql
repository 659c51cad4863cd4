-- Instruments that everybody who works with clients may watch, whoever holds them: indices, currencies, metals.
CREATE TABLE market_list (
    instrument_id  text PRIMARY KEY,
    display        text NOT NULL,
    ccy            text NOT NULL,
    -- where the demo's walk begins
    reference      numeric(22, 10) NOT NULL
);

-- What a person may watch ticks of: the market list, and what a client they may see held on its newest day.
CREATE FUNCTION instruments_seen_by(an_rm text) RETURNS SETOF text LANGUAGE sql STABLE AS $$
    SELECT instrument_id FROM market_list
    UNION
    SELECT p.instrument_id FROM clients_seen_by(an_rm) c
    CROSS JOIN LATERAL (
        SELECT m.as_of_date, m.positions_revision FROM client_metrics_current m WHERE m.client_id = c.client_id
        ORDER BY m.as_of_date DESC, m.revision DESC LIMIT 1
    ) newest
    JOIN positions_eod p ON p.as_of_date = newest.as_of_date AND p.client_id = c.client_id
        AND p.revision = newest.positions_revision
$$;
