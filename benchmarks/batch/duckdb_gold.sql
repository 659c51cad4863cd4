-- A day's figures from: positions, transactions (the day's), before (positions of the day before), prices_known,
-- rates, days, clients_before, run. The formulas are those of batch/pnl.py, in decimals that nothing is rounded in.
CREATE TABLE clients AS
SELECT client_id, coalesce(any_value(base_ccy) FILTER (NOT is_start), any_value(base_ccy)) AS base_ccy,
       NOT bool_or(is_start) AS is_inception
FROM (SELECT client_id, base_ccy, false AS is_start FROM positions UNION ALL
      SELECT client_id, base_ccy, true FROM before)
GROUP BY client_id;

CREATE TABLE quotes AS
SELECT day, instrument_id, last.unit_factor, CASE WHEN age <= 10 THEN last.price END AS quote,
       CASE WHEN age <= 10 THEN last.ccy END AS quote_ccy, CASE WHEN age <= 10 THEN last.as_of_date END AS quote_date,
       CASE WHEN age <= 10 THEN age END AS quote_age
FROM (SELECT day, instrument_id, arg_max(p, as_of_date) AS last, (day - max(as_of_date))::INTEGER AS age
      FROM prices_known p JOIN days ON as_of_date BETWEEN day - 92 AND day GROUP BY day, instrument_id);
CREATE VIEW quotes_now AS FROM quotes WHERE day = (SELECT day FROM run);
CREATE VIEW quotes_start AS FROM quotes WHERE day <> (SELECT day FROM run);
CREATE VIEW rates_now AS FROM rates WHERE day = (SELECT day FROM run);
CREATE VIEW rates_start AS FROM rates WHERE day <> (SELECT day FROM run);

CREATE TABLE legs AS
WITH priced AS (
    SELECT t.*, c.base_ccy, coalesce(t.instrument_id, '') IN ('', t.ccy) AS is_cash,
           kind IN ('transfer_in', 'transfer_out') AS is_transfer,
           coalesce(t.fx_rate, r.rate, 0)::DECIMAL(20, 12) AS f,
           CAST(t.price * coalesce(q.unit_factor, 1.0::DECIMAL(14, 12))::DECIMAL(16, 12) AS DECIMAL(22, 10)) AS unit_price,
           q.quote
    FROM transactions t
    JOIN clients c ON c.client_id = t.client_id AND NOT c.is_inception
    LEFT JOIN quotes_now q ON q.instrument_id = t.instrument_id
    LEFT JOIN rates_now r ON r.ccy = t.ccy AND r.base_ccy = c.base_ccy
), moved AS (
    SELECT *, CASE WHEN is_cash THEN coalesce(amount, quantity) ELSE quantity END AS units,
           CASE WHEN is_cash THEN coalesce(amount, quantity)
                WHEN is_transfer THEN quantity * coalesce(unit_price, quote, 0)
                ELSE coalesce(quantity * unit_price, -amount) END::DECIMAL(38, 16) AS gross
    FROM priced
), worths AS (
    SELECT *, CASE WHEN is_transfer THEN gross ELSE coalesce(-amount, gross) END::DECIMAL(38, 16) AS worth,
           coalesce(amount, -gross)::DECIMAL(38, 16) AS cash
    FROM moved
), each_leg AS (
    SELECT client_id, account_id, CASE WHEN is_cash THEN ccy ELSE instrument_id END AS instrument_id,
           CASE WHEN is_cash THEN 'CASH' END AS booked_type, ccy,
           CASE WHEN trades THEN units ELSE 0 END AS units, CASE WHEN trades THEN gross ELSE 0 END AS gross,
           CASE WHEN trades THEN worth ELSE 0 END AS worth, CASE WHEN trades THEN worth * f ELSE 0 END AS flow,
           CASE WHEN is_transfer THEN worth * f ELSE 0 END AS external,
           CASE WHEN kind IN ('dividend', 'interest') THEN cash * f ELSE 0 END AS income,
           CASE WHEN kind = 'fee' THEN cash * f ELSE 0 END AS fees,
           CASE WHEN kind = 'split' THEN quantity ELSE 0 END AS split_units
    FROM (SELECT *, is_transfer OR kind IN ('buy', 'sell') AS trades FROM worths)
    UNION ALL
    SELECT client_id, account_id, ccy, 'CASH', ccy, cash, cash, cash, cash * f, 0, 0, 0, 0
    FROM worths WHERE kind IN ('buy', 'sell', 'dividend', 'interest', 'fee')
)
SELECT client_id, account_id, instrument_id, max(booked_type) AS booked_type, max(ccy) AS booked_ccy,
       sum(units)::DECIMAL(20, 6) AS units, sum(gross)::DECIMAL(38, 16) AS gross, sum(worth)::DECIMAL(38, 16) AS worth,
       sum(flow) AS flow, sum(external) AS external, sum(income) AS income, sum(fees) AS fees,
       sum(split_units)::DECIMAL(20, 6) AS split_units
FROM each_leg GROUP BY ALL;

-- Side by side: the position at both closes and what was booked to it, each at its prices and rates.
CREATE TABLE marked AS
WITH held AS (
    SELECT client_id, account_id, instrument_id, coalesce(e.id_type, s.id_type, booked_type, 'INT') AS id_type,
           e.quantity AS end_quantity, coalesce(e.accrued, 0) AS a1, e.price AS end_price, e.price_ccy AS end_price_ccy,
           e.price_date AS end_price_date, coalesce(s.quantity, 0) AS q0, coalesce(s.accrued, 0) AS a0,
           s.price AS start_price, s.price_ccy AS start_price_ccy, l.* EXCLUDE (client_id, account_id, instrument_id)
    FROM positions e
    FULL JOIN before s USING (client_id, account_id, instrument_id)
    FULL JOIN legs l USING (client_id, account_id, instrument_id)
), at_prices AS (
    SELECT h.*, c.base_ccy, c.is_inception, h.id_type = 'CASH' AS is_cash, h.end_quantity IS NOT NULL AS is_held,
           q.quote, q.quote_date, q.quote_age,
           CASE WHEN h.id_type = 'CASH' THEN h.instrument_id ELSE coalesce(s.quote_ccy, start_price_ccy) END AS start_ccy,
           CASE WHEN h.id_type = 'CASH' THEN h.instrument_id
                ELSE coalesce(q.quote_ccy, end_price_ccy, s.quote_ccy, start_price_ccy, booked_ccy) END AS mark_ccy,
           CASE WHEN h.id_type = 'CASH' THEN 1 ELSE coalesce(s.quote,
                CAST(start_price * coalesce(s.unit_factor, 1)::DECIMAL(16, 12) AS DECIMAL(22, 10)), 0) END AS p0,
           CAST(end_price * coalesce(q.unit_factor, 1)::DECIMAL(16, 12) AS DECIMAL(22, 10)) AS own
    FROM held h
    JOIN clients c USING (client_id)
    LEFT JOIN quotes_now q USING (instrument_id)
    LEFT JOIN quotes_start s USING (instrument_id)
)
SELECT p.*, CASE WHEN is_cash THEN 1 ELSE coalesce(quote, own, CASE WHEN NOT is_held THEN p0 END, 0) END AS p1,
       coalesce(r.rate, 0) AS f1, coalesce(r0.rate, 0) AS f0, coalesce(end_quantity, 0) AS q1,
       CASE WHEN NOT is_held THEN NULL WHEN is_cash THEN (SELECT day FROM run)
            ELSE coalesce(quote_date, CASE WHEN end_price IS NOT NULL THEN end_price_date END) END AS mark_date,
       CASE WHEN NOT is_held THEN 0 ELSE greatest(
            CASE WHEN is_cash OR quote_age = 0 THEN 0 WHEN quote_age > 0 THEN 1 WHEN end_price IS NOT NULL THEN 2 ELSE 3 END,
            CASE WHEN r.rate IS NULL THEN 3 WHEN r.rate_age > 0 THEN 1 ELSE 0 END) END AS quality_rank,
       CASE WHEN is_held THEN greatest(CASE WHEN is_cash THEN 0 ELSE coalesce(quote_age, 0) END, coalesce(r.rate_age, 0))
            ELSE 0 END AS quality_days
FROM at_prices p
LEFT JOIN rates_now r ON r.ccy = mark_ccy AND r.base_ccy = p.base_ccy
LEFT JOIN rates_start r0 ON r0.ccy = start_ccy AND r0.base_ccy = p.base_ccy;

CREATE TABLE figures AS
WITH worths AS (
    SELECT * EXCLUDE (units, gross, worth, flow, external, income, fees),
           coalesce(units, 0) AS units, CASE WHEN is_cash THEN coalesce(units, 0) ELSE coalesce(gross, 0) END AS gross,
           CASE WHEN is_cash THEN coalesce(units, 0) ELSE coalesce(worth, 0) END AS worth, coalesce(flow, 0) AS flow,
           coalesce(external, 0) AS external, coalesce(income, 0) AS income, coalesce(fees, 0) AS fees,
           q0 * p0 AS start_worth, q1 * p1 AS end_worth,
           CASE WHEN q0 <> 0 THEN (q0 + coalesce(split_units, 0))::DECIMAL(20, 6) ELSE 0 END * p1 AS held_worth
    FROM marked
), exact AS (
    SELECT *, (start_worth + a0)::DECIMAL(38, 16) * f0 AS start_value, (end_worth + a1)::DECIMAL(38, 16) * f1 AS end_value,
           (held_worth - start_worth)::DECIMAL(38, 16) * f0 AS price_part,
           (held_worth + a0)::DECIMAL(38, 16) * (f1 - f0)::DECIMAL(20, 12) + worth::DECIMAL(38, 16) * f1 - flow AS fx_part,
           (units * p1 - gross)::DECIMAL(38, 16) * f1 AS trading_part,
           income + (a1 - a0 - (worth - gross))::DECIMAL(38, 16) * f1 AS income_part
    FROM worths
), rounded AS (
    SELECT *, round_even(end_value, 2) AS market_value, round_even(fx_part, 2) AS fx, round_even(trading_part, 2) AS trading,
           round_even(income_part, 2) AS income_cents, round_even(fees, 2) AS fee_cents,
           round_even(end_value, 2) - round_even(start_value, 2) - round_even(flow, 2) + round_even(income, 2)
               + round_even(fees, 2) AS total,
           round_even(end_value - start_value - flow + income - price_part - fx_part - trading_part - income_part, 2)
               AS unexplained
    FROM exact
)
SELECT client_id, account_id, id_type, instrument_id, base_ccy, q1 AS quantity, p1 AS price, mark_ccy AS price_ccy,
       mark_date AS price_date, f1 AS fx_rate, market_value, quality_rank, quality_days,
       CASE WHEN is_inception THEN 0 ELSE total END AS pnl_total,
       CASE WHEN is_inception THEN 0 ELSE total - fx - trading - income_cents - fee_cents - unexplained END AS pnl_price,
       CASE WHEN is_inception THEN 0 ELSE fx END AS pnl_fx,
       CASE WHEN is_inception THEN 0 ELSE trading END AS pnl_trading,
       CASE WHEN is_inception THEN 0 ELSE income_cents END AS pnl_income,
       CASE WHEN is_inception THEN 0 ELSE fee_cents END AS pnl_fees,
       CASE WHEN is_inception THEN 0 ELSE unexplained END AS pnl_unexplained,
       CASE WHEN is_inception THEN market_value ELSE round_even(external, 2) END AS net_flows
FROM rounded;

CREATE MACRO quality_name(rank) AS ['ok', 'stale', 'estimated', 'missing'][rank + 1];
-- Shares in doubles: ratios are rounded to ten decimals.
CREATE MACRO share(value, net) AS CASE WHEN net = 0 THEN 0 ELSE value::DOUBLE / net::DOUBLE END::DECIMAL(28, 10);

CREATE TABLE sums AS
SELECT client_id, any_value(base_ccy) AS base_ccy, sum(market_value) AS market_value, sum(pnl_total) AS pnl_total,
       sum(pnl_price) AS pnl_price, sum(pnl_fx) AS pnl_fx, sum(pnl_trading) AS pnl_trading, sum(pnl_income) AS pnl_income,
       sum(pnl_fees) AS pnl_fees, sum(pnl_unexplained) AS pnl_unexplained, sum(net_flows) AS net_flows,
       quality_name(max(quality_rank)) AS quality, count_if(quantity <> 0) AS positions,
       to_json({'ok': count_if(quality_rank = 0), 'stale': count_if(quality_rank = 1),
                'estimated': count_if(quality_rank = 2), 'missing': count_if(quality_rank = 3)}) AS quality_counts
FROM figures GROUP BY client_id;

CREATE VIEW position_metrics_figures AS
SELECT r.day AS as_of_date, f.* EXCLUDE (quality_rank), share(f.market_value, s.market_value) AS weight,
       quality_name(quality_rank) AS quality, r.run_id
FROM figures f JOIN sums s USING (client_id) CROSS JOIN run r;

CREATE TABLE entries AS
SELECT client_id, dimension, name, sum(market_value) AS value, sum(pnl_total) AS pnl, bool_and(id_type = 'CASH') AS is_cash
FROM (SELECT *, unnest([{'dimension': 'instrument', 'name': instrument_id}, {'dimension': 'currency', 'name': price_ccy},
                        {'dimension': 'id_type', 'name': id_type}], recursive := true) FROM figures)
GROUP BY client_id, dimension, name;

CREATE TABLE largest AS
SELECT client_id, dimension, list({'name': name, 'market_value': value::VARCHAR, 'weight': share(value, net)::VARCHAR}
                                  ORDER BY abs(value) DESC, name) AS entries
FROM (SELECT e.*, s.market_value AS net,
             row_number() OVER (PARTITION BY client_id, dimension ORDER BY abs(value) DESC, name) AS place
      FROM entries e JOIN sums s USING (client_id) WHERE value <> 0)
WHERE place <= 10 GROUP BY client_id, dimension;

CREATE TABLE movers AS
SELECT client_id, coalesce(list(mover ORDER BY pnl DESC, name) FILTER (pnl > 0), []) AS best,
       coalesce(list(mover ORDER BY pnl, name) FILTER (pnl < 0), []) AS worst
FROM (SELECT client_id, name, pnl, {'instrument_id': name, 'pnl_total': pnl::VARCHAR} AS mover,
             row_number() OVER (PARTITION BY client_id, sign(pnl) ORDER BY abs(pnl) DESC, name) AS place
      FROM entries WHERE dimension = 'instrument' AND pnl <> 0)
WHERE place <= 5 GROUP BY client_id;

CREATE TABLE returns AS
SELECT s.*, coalesce(b.market_value, s.market_value - s.pnl_total - s.net_flows)
           + greatest(s.net_flows, 0) AS invested, coalesce(b.twr_index, 1) AS index_before, coalesce(b.twr_peak, 1) AS peak_before
FROM sums s LEFT JOIN clients_before b ON b.client_id = s.client_id AND b.positions > 0;

CREATE VIEW client_metrics_figures AS
WITH grown AS (
    SELECT *, CASE WHEN invested > 0 THEN pnl_total::DOUBLE / invested::DOUBLE ELSE 0 END AS growth FROM returns
), indexed AS (
    SELECT *, index_before * (1 + growth) AS twr_index, greatest(peak_before, index_before * (1 + growth)) AS twr_peak FROM grown
), lists AS (
    SELECT client_id, max(entries) FILTER (dimension = 'instrument') AS instrument,
           max(entries) FILTER (dimension = 'currency') AS currency, max(entries) FILTER (dimension = 'id_type') AS id_type
    FROM largest GROUP BY client_id
), tops AS (
    SELECT client_id, max(abs(share(e.value, s.market_value))) AS top
    FROM entries e JOIN sums s USING (client_id) WHERE dimension = 'instrument' AND NOT is_cash GROUP BY client_id
)
SELECT r.day AS as_of_date, i.client_id, 'final' AS finality, base_ccy, market_value, pnl_total, pnl_price, pnl_fx,
       pnl_trading, pnl_income, pnl_fees, pnl_unexplained, net_flows, growth AS daily_return, twr_index - 1 AS twr,
       twr_index / twr_peak - 1 AS drawdown, twr_index, twr_peak, coalesce(t.top, 0) AS top_concentration,
       to_json({'instrument': coalesce(instrument, []), 'currency': coalesce(currency, []),
                'id_type': coalesce(l.id_type, [])}) AS concentrations,
       to_json({'best': coalesce(best, []), 'worst': coalesce(worst, [])}) AS top_movers,
       quality, quality_counts, positions, r.computed_at, r.run_id
FROM indexed i LEFT JOIN lists l USING (client_id) LEFT JOIN movers m USING (client_id) LEFT JOIN tops t USING (client_id)
CROSS JOIN run r;
