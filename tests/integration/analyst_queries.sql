-- rows a day
SELECT as_of_date, count(*) AS n FROM gold.client_metrics WHERE {span} GROUP BY 1 ORDER BY 1

-- sums by quality
SELECT quality, sum(market_value) AS value, min(pnl_total) AS worst, max(pnl_total) AS best FROM gold.client_metrics
WHERE {span} GROUP BY quality HAVING count(*) > 1 ORDER BY quality

-- rank a day
SELECT as_of_date, client_id, rank() OVER (PARTITION BY as_of_date ORDER BY market_value DESC) AS place FROM
gold.client_metrics WHERE {span} ORDER BY 1, 3, 2

-- change to the day before
SELECT client_id, as_of_date, market_value - lag(market_value) OVER (PARTITION BY client_id ORDER BY as_of_date) AS
change FROM gold.client_metrics WHERE {span} ORDER BY 1, 2

-- running total
SELECT client_id, as_of_date, sum(pnl_total) OVER (PARTITION BY client_id ORDER BY as_of_date ROWS BETWEEN UNBOUNDED
PRECEDING AND CURRENT ROW) AS so_far FROM gold.client_metrics WHERE {span} ORDER BY 1, 2

-- largest position of each client
SELECT client_id, instrument_id, market_value FROM (SELECT *, row_number() OVER (PARTITION BY client_id ORDER BY
market_value DESC, instrument_id) AS place FROM gold.position_metrics WHERE as_of_date = {last}) ranked WHERE place
= 1 AND client_id LIKE 'SQL-%' ORDER BY 1

-- join of figures and positions
SELECT c.client_id, count(p.instrument_id) AS held, sum(p.market_value) AS value FROM gold.client_metrics c JOIN
gold.position_metrics p ON p.client_id = c.client_id AND p.as_of_date = c.as_of_date WHERE c.as_of_date = {first}
AND p.as_of_date = {first} GROUP BY c.client_id ORDER BY 1

-- positions without a price
SELECT p.as_of_date, p.instrument_id FROM gold.position_metrics p LEFT JOIN silver.prices q ON q.as_of_date =
p.as_of_date AND q.instrument_id = p.instrument_id WHERE p.{span} AND q.instrument_id IS NULL GROUP BY 1, 2 ORDER BY
1, 2

-- clients who did not trade
SELECT DISTINCT client_id FROM gold.client_metrics c WHERE {span} AND NOT EXISTS (SELECT 1 FROM silver.transactions
t WHERE t.client_id = c.client_id AND t.kind = 'buy' AND t.trade_date = c.as_of_date) ORDER BY 1

-- above the average
WITH days AS (SELECT as_of_date, avg(market_value) AS usual FROM gold.client_metrics WHERE {span} GROUP BY 1) SELECT
c.client_id, c.as_of_date FROM gold.client_metrics c JOIN days d ON d.as_of_date = c.as_of_date WHERE c.market_value
> d.usual ORDER BY 1, 2

-- by month
SELECT date_trunc('month', as_of_date) AS month, sum(pnl_total) AS pnl FROM gold.client_metrics WHERE {span} GROUP
BY 1 ORDER BY 1

-- spark
SELECT trunc(as_of_date, 'MM') AS month, sum(pnl_total) AS pnl FROM gold.client_metrics WHERE {span} GROUP BY 1
ORDER BY 1

-- dates
SELECT DISTINCT as_of_date, year(as_of_date) AS y, day_of_week(as_of_date) AS d, date_diff('day', DATE '2033-01-01',
as_of_date) AS since, date_add('day', -7, as_of_date) AS before FROM gold.client_metrics WHERE as_of_date >=
date_add('day', -2, {last}) AND as_of_date <= {last} ORDER BY 1

-- spark
SELECT DISTINCT as_of_date, year(as_of_date) AS y, weekday(as_of_date) + 1 AS d, datediff(as_of_date, DATE
'2033-01-01') AS since, date_add(as_of_date, -7) AS before FROM gold.client_metrics WHERE as_of_date >=
date_add({last}, -2) AND as_of_date <= {last} ORDER BY 1

-- about how many
SELECT abs(approx_distinct(client_id) - 5) <= 1 AS clients, abs(approx_distinct(instrument_id) - 3) <= 1 AS instruments
FROM gold.position_metrics WHERE {span}

-- spark
SELECT abs(approx_count_distinct(client_id) - 5) <= 1 AS clients,
abs(approx_count_distinct(instrument_id) - 3) <= 1 AS instruments FROM gold.position_metrics WHERE {span}

-- about the middle
SELECT as_of_date, approx_percentile(positions, 0.5) AS middle FROM gold.client_metrics WHERE {span} GROUP BY 1
ORDER BY 1

-- spark
SELECT as_of_date, percentile_approx(positions, 0.5) AS middle FROM gold.client_metrics WHERE {span} GROUP BY 1
ORDER BY 1

-- gains and losses
SELECT client_id, count_if(pnl_total < 0) AS losses, sum(CASE WHEN pnl_total > 0 THEN pnl_total ELSE 0 END) AS gains
FROM gold.client_metrics WHERE {span} AND client_id IN ('SQL-1', 'SQL-2', 'SQL-3') GROUP BY 1 ORDER BY 1

-- as of a snapshot
SELECT client_id, market_value FROM gold.client_metrics FOR VERSION AS OF {snapshot} WHERE as_of_date = {last} ORDER
BY 1

-- spark
SELECT client_id, market_value FROM gold.client_metrics VERSION AS OF {snapshot} WHERE as_of_date = {last} ORDER BY
1

-- restated since a moment
SELECT n.client_id, o.market_value AS was, n.market_value AS value FROM gold.client_metrics n JOIN
gold.client_metrics FOR TIMESTAMP AS OF TIMESTAMP '{moment} UTC' o ON o.client_id = n.client_id AND o.as_of_date =
n.as_of_date WHERE n.as_of_date = {last} AND o.as_of_date = {last} ORDER BY 1

-- spark
SELECT n.client_id, o.market_value AS was, n.market_value AS value FROM gold.client_metrics n JOIN
gold.client_metrics TIMESTAMP AS OF '{moment}' o ON o.client_id = n.client_id AND o.as_of_date = n.as_of_date WHERE
n.as_of_date = {last} AND o.as_of_date = {last} ORDER BY 1

-- json
SELECT client_id, json_extract_scalar(concentrations, '$.issuer') AS issuer FROM gold.client_metrics WHERE
as_of_date = {first} ORDER BY 1

-- spark
SELECT client_id, get_json_object(concentrations, '$.issuer') AS issuer FROM gold.client_metrics WHERE as_of_date =
{first} ORDER BY 1

-- union, order, page
SELECT instrument_id AS id FROM silver.prices WHERE {span} UNION SELECT instrument_id FROM gold.position_metrics
WHERE {span} ORDER BY id OFFSET 1 LIMIT 3

-- spark
SELECT instrument_id AS id FROM silver.prices WHERE {span} UNION SELECT instrument_id FROM gold.position_metrics
WHERE {span} ORDER BY id LIMIT 3 OFFSET 1

-- text
SELECT DISTINCT upper(instrument_id) || '!' AS loud, split_part(instrument_id, '-', 2) AS part,
length(instrument_id) AS n, substr(instrument_id, 5) AS rest, regexp_like(instrument_id, 'FUND-[01]$') AS low FROM
silver.prices WHERE {span} ORDER BY 1

-- subtotals
SELECT quality, finality, count(*) AS n FROM gold.client_metrics WHERE {span} GROUP BY ROLLUP (quality, finality)
ORDER BY 3, 1 NULLS FIRST, 2 NULLS FIRST

-- lists
SELECT as_of_date, array_join(array_agg(client_id ORDER BY client_id), ',') AS clients FROM gold.client_metrics
WHERE {span} GROUP BY 1 ORDER BY 1

-- spark
SELECT as_of_date, array_join(array_sort(collect_list(client_id)), ',') AS clients FROM gold.client_metrics WHERE
{span} GROUP BY 1 ORDER BY 1

-- quartiles and extremes
SELECT client_id, ntile(4) OVER (ORDER BY market_value, client_id) AS quartile, max_by(client_id, market_value) OVER
() AS richest FROM gold.client_metrics WHERE as_of_date = {first} ORDER BY 1

-- people in the news
SELECT a.article_id, t.name FROM silver.news_articles a CROSS JOIN UNNEST(a.people) AS t(name, uri) WHERE
a.received_date = {first} ORDER BY 1, 2

-- spark
SELECT article_id, p.name FROM silver.news_articles LATERAL VIEW explode(people) t AS p WHERE received_date =
{first} ORDER BY 1, 2

-- alerts of clients by value
SELECT severity, count(*) AS n, count(DISTINCT client_token) AS clients, max(kafka_at) AS newest FROM silver.alerts
WHERE received_date = {first} GROUP BY 1 ORDER BY 1

-- cash flows in another currency
SELECT t.client_id, t.kind, t.amount * f.rate AS euros FROM silver.transactions t JOIN silver.fx f ON f.as_of_date =
t.trade_date WHERE t.trade_date BETWEEN {first} AND {last} AND f.{span} AND f.from_ccy = 'USD' AND t.client_id LIKE
'SQL-%' ORDER BY 1
