"""The statements that turn staged rows of gold into revisions in PostgreSQL: one text, run by the sync alone.

A client and day gets a new revision when its figures or positions differ from those of its current revision, and when
equal figures become final. It is restated when it had been final; until then it is what the run says, flash or final.
"""

from __future__ import annotations

from batch.tables import CLIENT_METRICS, POSITION_METRICS

# `finality` becomes the revision's status; the floats carry gold's own chain from day to day.
_NOT_FIGURES = {"client_id", "as_of_date", "finality", "computed_at", "run_id", "twr_index", "twr_peak"}
FIGURES = [name for name, _ in CLIENT_METRICS if name not in _NOT_FIGURES]
STAGED_CLIENTS = ["client_id", "as_of_date", "finality", "computed_at", *FIGURES]
STAGED_POSITIONS = [name for name, _ in POSITION_METRICS if name != "run_id"]

_KEY = ["as_of_date", "client_id", "account_id", "instrument_id"]


# Every name below is a literal of this project, never input: hence the S608 let pass.
def _columns(names: list[str], prefix: str = "") -> str:
    return ", ".join(prefix + name for name in names)


# Temporary tables write no log, need no lock, and are gone with the session, however it ends.
STAGE = f"""
CREATE TEMP TABLE staged_clients ON COMMIT DROP AS
    SELECT client_id, as_of_date, status AS finality, computed_at, {_columns(FIGURES)}
    FROM client_metrics WITH NO DATA;
CREATE TEMP TABLE staged_positions ON COMMIT DROP AS
    SELECT {_columns(STAGED_POSITIONS)} FROM positions_eod WITH NO DATA
"""  # noqa: S608

ANALYSE = "ANALYZE staged_clients, staged_positions"

CURRENT = """
CREATE TEMP TABLE current_revisions ON COMMIT DROP AS
    SELECT DISTINCT ON (m.client_id, m.as_of_date) m.*
    FROM client_metrics m JOIN (SELECT DISTINCT as_of_date FROM staged_clients) d USING (as_of_date)
    ORDER BY m.client_id, m.as_of_date, m.revision DESC;
ANALYZE current_revisions
"""

_OTHERS = [name for name in STAGED_POSITIONS if name not in _KEY]
CHANGES = f"""
CREATE TEMP TABLE changes ON COMMIT DROP AS
WITH known AS (
    SELECT p.* FROM current_revisions c JOIN positions_eod p
        ON p.as_of_date = c.as_of_date AND p.client_id = c.client_id AND p.revision = c.positions_revision
    WHERE NOT c.withdrawn
), found AS (
    SELECT s.* FROM current_revisions c JOIN staged_positions s USING (as_of_date, client_id) WHERE NOT c.withdrawn
), moved AS (
    SELECT DISTINCT client_id, as_of_date FROM known k FULL JOIN found s USING ({_columns(_KEY)})
    WHERE (k.revision IS NULL, {_columns(_OTHERS, "k.")}) IS DISTINCT FROM (false, {_columns(_OTHERS, "s.")})
)
SELECT s.client_id, s.as_of_date, coalesce(c.revision, 0) + 1 AS revision,
       CASE WHEN c.status IN ('final', 'restated') THEN 'restated' ELSE s.finality END AS status,
       CASE WHEN c.revision IS NULL OR c.withdrawn OR m.client_id IS NOT NULL THEN coalesce(c.revision, 0) + 1
            ELSE c.positions_revision END AS positions_revision
FROM staged_clients s
LEFT JOIN current_revisions c USING (client_id, as_of_date)
LEFT JOIN moved m USING (client_id, as_of_date)
WHERE c.revision IS NULL OR c.withdrawn OR m.client_id IS NOT NULL
   OR ({_columns(FIGURES, "s.")}) IS DISTINCT FROM ({_columns(FIGURES, "c.")})
   OR (c.status = 'flash' AND s.finality = 'final');
ANALYZE changes
"""  # noqa: S608

REVISIONS = f"""
INSERT INTO client_metrics (client_id, as_of_date, revision, status, positions_revision, computed_at, run_id,
                            {_columns(FIGURES)})
SELECT client_id, as_of_date, n.revision, n.status, n.positions_revision, s.computed_at, %(run_id)s,
       {_columns(FIGURES, "s.")}
FROM changes n JOIN staged_clients s USING (client_id, as_of_date)
"""  # noqa: S608

# In the order of the primary key, so that its index grows at the end and page by page.
POSITIONS = f"""
INSERT INTO positions_eod (revision, {_columns(STAGED_POSITIONS)})
SELECT n.revision, {_columns(STAGED_POSITIONS, "s.")}
FROM changes n JOIN staged_positions s USING (client_id, as_of_date)
WHERE n.positions_revision = n.revision
ORDER BY s.as_of_date, s.client_id, s.account_id, s.instrument_id
"""  # noqa: S608

# A client that a corrected file no longer has on a day that gold has: no figures hold, and the last ones say so.
WITHDRAWALS = f"""
INSERT INTO client_metrics (client_id, as_of_date, revision, status, withdrawn, positions_revision, computed_at, run_id,
                            {_columns(FIGURES)})
SELECT c.client_id, c.as_of_date, c.revision + 1, 'restated', true, c.positions_revision, clock_timestamp(), %(run_id)s,
       {_columns(FIGURES, "c.")}
FROM current_revisions c LEFT JOIN staged_clients s USING (client_id, as_of_date)
WHERE s.client_id IS NULL AND NOT c.withdrawn
RETURNING as_of_date
"""  # noqa: S608

COUNTS = "SELECT as_of_date, count(*) AS revisions FROM changes GROUP BY as_of_date"
