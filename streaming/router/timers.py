"""What time does to alerts: snoozed ones come back, and critical ones that nobody acknowledges go up.

The clocks are columns of the alerts, so they survive every restart; of several routers each takes what no other holds.
"""

from __future__ import annotations

from threading import Event

from clients.postgres import ConnectionLost, DatabaseUnavailable, Session, connect
from core.errors import DependencyUnavailable
from core.events import ChangeKind
from core.logs import get_logger
from core.settings import Settings
from streaming.router.patience import Patience

ACTOR = "tipline"
IDLE_S = 0.5

_RETURN = """
    UPDATE alerts SET snoozed_by = NULL, snoozed_until = NULL, updated_at = now()
    WHERE alert_id = (
        SELECT alert_id FROM alerts WHERE snoozed_until <= now() ORDER BY snoozed_until LIMIT 1 FOR UPDATE SKIP LOCKED
    ) RETURNING alert_id
"""
# To the client's deputies first; where there are none, to the heads at once.
_ESCALATE = """
    WITH due AS (
        SELECT alert_id, client_id, escalated_to FROM alerts
        WHERE escalated_to IS NULL AND attention_since <= now() - make_interval(secs => %(deputy_after_s)s)
           OR escalated_to = 'deputy' AND attention_since <= now() - make_interval(secs => %(head_after_s)s)
        ORDER BY attention_since LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    UPDATE alerts SET escalated_by = %(actor)s, escalated_at = date_trunc('milliseconds', clock_timestamp()),
        escalated_to = CASE WHEN due.escalated_to IS NULL AND EXISTS (
            SELECT FROM covering c JOIN rm USING (rm_id)
            WHERE c.client_id = due.client_id AND rm.active AND (c.for_rm IS NOT NULL OR rm.role = 'deputy')
        ) THEN 'deputy' ELSE 'head' END, updated_at = now()
    FROM due WHERE alerts.alert_id = due.alert_id RETURNING alerts.alert_id
"""
_PUBLISH = "SELECT publish_alert_change(%s, %s, %s, '', '')"

log = get_logger(__name__)


class AlertTimers:
    """Looks twice a second for what is due; `healthy` is for the heartbeat."""

    def __init__(self, settings: Settings, stop: Event) -> None:
        self._settings = settings
        self._stop = stop
        self._patience = Patience("timers", stop)

    @property
    def healthy(self) -> bool:
        """Say whether PostgreSQL answered last time."""
        return not self._patience.waiting

    def run(self) -> None:
        """Look until `stop` is set."""
        while not self._stop.is_set():
            try:
                with connect(self._settings) as session:
                    while not self._stop.is_set():
                        advance(session, self._settings)
                        self._patience.worked()
                        self._stop.wait(IDLE_S)
            except (DependencyUnavailable, DatabaseUnavailable, ConnectionLost) as error:
                self._patience.failed(error)


def advance(session: Session, settings: Settings) -> int:
    """Do everything that is due and return how many alerts changed, each in a transaction of its own."""
    after = {"deputy_after_s": settings.escalate_to_deputy_s, "head_after_s": settings.escalate_to_head_s}
    changed = 0
    while _take(session, "returned", _RETURN, {}) or _take(session, "escalated", _ESCALATE, {**after, "actor": ACTOR}):
        changed += 1
    return changed


def _take(session: Session, kind: ChangeKind, statement: str, parameters: dict[str, object]) -> bool:
    with session.transaction():
        row = session.execute(statement.encode(), parameters).fetchone()
        if row is None:
            return False
        session.execute(_PUBLISH, (row["alert_id"], kind, ACTOR))
    log.info("alert_timer", kind=kind, alert_id=str(row["alert_id"]))
    return True
