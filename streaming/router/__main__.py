"""`python -m streaming.router`: the alert consumer, the publisher, the outbox relay and the timers of one router."""

from __future__ import annotations

import signal
from collections.abc import Callable
from threading import Event, Thread

from clients.health import Heartbeat
from core.logs import configure_logs, get_logger
from core.settings import Settings, load_settings
from streaming.router.consumer import AlertConsumer
from streaming.router.outbox import OutboxRelay
from streaming.router.publisher import Publisher
from streaming.router.timers import AlertTimers

NAME = "router"
BEAT_EVERY_S = 2.0


def main() -> None:
    """Run until SIGTERM or SIGINT; the batch in flight is finished first."""
    settings = load_settings("router")
    configure_logs(NAME, settings.log_level)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run(settings, stop)


def run(settings: Settings, stop: Event) -> None:
    """Run all parts of the router until `stop` is set, or until one of them dies of something unforeseen."""
    consumer = AlertConsumer(settings, stop)
    publisher = Publisher(settings, stop)
    relay = OutboxRelay(settings, stop)
    timers = AlertTimers(settings, stop)
    heartbeat = Heartbeat(settings, NAME)

    def beat() -> None:
        while not stop.is_set():
            healthy = all(part.healthy for part in (consumer, publisher, relay, timers))
            heartbeat.beat(ready=healthy, lag=consumer.lag, publishing=publisher.leading)
            stop.wait(BEAT_EVERY_S)

    failures: list[BaseException] = []
    threads = [Thread(target=_guarded(part, stop, failures)) for part in (publisher.run, relay.run, timers.run, beat)]
    for thread in threads:
        thread.start()
    _guarded(consumer.run, stop, failures)()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def _guarded(part: Callable[[], None], stop: Event, failures: list[BaseException]) -> Callable[[], None]:
    """Stop the whole process when one part fails, so that the supervisor starts it afresh, not half of it."""

    def run_part() -> None:
        try:
            part()
        except Exception as error:
            get_logger(__name__).exception("router_part_failed", error=type(error).__name__)
            failures.append(error)
            stop.set()

    return run_part


if __name__ == "__main__":
    main()
