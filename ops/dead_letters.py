"""Dead letters read from Kafka, and put back to where they failed."""

from __future__ import annotations

import base64
from collections.abc import Iterable

from pydantic import ValidationError

from clients.kafka import Producer, read_all
from clients.postgres import async_pool
from core.errors import BadInput, Conflict, NotFound
from core.events import DeadLetter
from core.logs import get_logger
from core.settings import Settings
from core.topics import MARKET_TICKS, RAW_NEWS, RAW_NEWS_DLQ, TOPICS
from streaming.intake.accept import Acceptor, Delivery
from streaming.intake.dead_letters import STAGES
from streaming.intake.ledger import Ledger
from streaming.intake.publisher import Publisher
from streaming.sources import load_sources

DLQ_TOPICS = tuple(topic.name for topic in TOPICS if topic.name.endswith(".dlq"))
CONNECT_WITHIN_S = 15.0
REFUSED = "refused again"

log = get_logger(__name__)


def read_letters(settings: Settings) -> dict[str, DeadLetter]:
    """Return every dead letter by id; one that failed again is one letter with its first and last failure."""
    letters: dict[str, DeadLetter] = {}
    for topic in DLQ_TOPICS:
        for record in read_all(settings, topic):
            try:
                letter = DeadLetter.model_validate_json(record.value)
            except ValidationError:
                log.warning("dead_letter_unreadable", topic=topic, offset=record.offset)
                continue
            known = letters.get(str(letter.dlq_id))
            if known is not None:
                letter = letter.model_copy(
                    update={"first_failed_at": known.first_failed_at, "attempts": known.attempts + letter.attempts}
                )
            letters[str(letter.dlq_id)] = letter
    return dict(sorted(letters.items(), key=lambda one: one[1].first_failed_at))


async def put_back(settings: Settings, letters: Iterable[DeadLetter]) -> list[str]:
    """Process originals again and return what became of each: documents of providers, or records of a topic."""
    pool = async_pool(settings, size=2)
    publisher = Publisher(settings, topics=(RAW_NEWS, RAW_NEWS_DLQ))
    producer = Producer(settings)
    publisher.start()
    try:
        await pool.open()
        await publisher.wait_ready(CONNECT_WITHIN_S)
        acceptor = Acceptor(Ledger(pool), publisher)
        return [await _put_back_one(settings, acceptor, producer, letter) for letter in letters]
    finally:
        producer.close()
        await publisher.close()
        await pool.close()


async def _put_back_one(settings: Settings, acceptor: Acceptor, producer: Producer, letter: DeadLetter) -> str:
    stage, _, source = letter.stage.partition(":")
    if letter.topic == MARKET_TICKS:
        return f"{REFUSED}: a price of the past says nothing now"
    original = base64.b64decode(letter.original_base64)
    if stage not in STAGES:
        key = letter.key.encode() if letter.key is not None else None
        producer.send_and_wait(letter.topic, original, key=key)
        return f"put back to {letter.topic}"
    delivery = Delivery(
        stage,
        source,
        _provider(settings, stage, source),
        original,
        letter.content_type,
        letter.trace_id or "0" * 32,
        snapshot=stage == "poller",
    )
    try:
        # What is refused again is buried again under its id, which counts one attempt more.
        receipt = await acceptor.accept(delivery)
    except (BadInput, Conflict) as error:
        return f"{REFUSED}: {error.code}: {error.message}"
    if receipt.rejected:
        return f"{REFUSED}: {receipt.rejected[0].error.code}"
    return f"accepted {len(receipt.published)}, known {receipt.duplicates}, ignored {receipt.ignored}"


def _provider(settings: Settings, stage: str, source: str) -> str:
    sources = load_sources(settings)
    known = sources.webhooks if stage == "intake" else sources.feeds
    if source not in known:
        raise NotFound(f"the sources file has no {source!r} any more")
    return known[source].provider


def find(letters: dict[str, DeadLetter], beginning: str) -> DeadLetter:
    """Return the one letter whose id begins so; NotFound when there is none or more than one."""
    found = [letter for dlq_id, letter in letters.items() if dlq_id.startswith(beginning)]
    if len(found) != 1:
        raise NotFound(f"{len(found)} dead letters have an id that begins with {beginning!r}")
    return found[0]
