"""What each target does with the records of one request: one JSON document a record, errors inside, in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import orjson
from pydantic import ValidationError

from core.errors import BadInput, ModelFailure, TiplineError
from core.events import Article
from core.logs import get_logger
from core.settings import Settings
from models.embedder import DIMENSIONS
from models.enrich import ArticleResolver, Enricher, Failure, Prediction
from models.summarizer import Summarizer, TextEncoder
from serve.media import BINARY
from serve.protocol import Answer, Invocation, Unreadable, count_option, fraction_option

ENRICH, ENTITY_RESOLVER, SUMMARIZER, EMBEDDER = "enrich", "entity-resolver", "summarizer", "embedder"
TARGETS = (ENRICH, ENTITY_RESOLVER, SUMMARIZER, EMBEDDER)
MOST_SENTENCES = 20

log = get_logger(__name__)


class Target(Protocol):
    """The work of one target; called in worker threads, several at a time."""

    def answer(self, invocation: Invocation) -> Answer:
        """Return one document a record, in order; a bad record fails alone, bad options fail the request."""
        ...


@dataclass(frozen=True, slots=True)
class EnrichTarget:
    """Articles to predictions with candidates, retraction and decisions."""

    enricher: Enricher
    settings: Settings

    def answer(self, invocation: Invocation) -> Answer:
        """Return a Prediction a record."""
        options = invocation.options
        keep_above = fraction_option(options, "keep_above", self.settings.relevance_keep_above)
        review_from = fraction_option(options, "review_from", self.settings.relevance_review_from)

        def enrich(record: Any) -> bytes:
            article = read_article(record)
            return self.enricher.enrich(article, keep_above=keep_above, review_from=review_from).to_json()

        return Answer([_guarded(enrich, record) for record in invocation.records])


@dataclass(frozen=True, slots=True)
class ResolverTarget:
    """Articles to predictions with decisions only."""

    resolver: ArticleResolver

    def answer(self, invocation: Invocation) -> Answer:
        """Return a Prediction a record."""

        def resolve(record: Any) -> bytes:
            article = read_article(record)
            decisions = tuple(self.resolver.resolve(article).decisions)
            return Prediction(article_id=article.article_id, revision=article.revision, decisions=decisions).to_json()

        return Answer([_guarded(resolve, record) for record in invocation.records])


@dataclass(frozen=True, slots=True)
class SummarizerTarget:
    """`{headline, body, sentences?, article_id?}` to `{"summary": [...]}`."""

    summarizer: Summarizer

    def answer(self, invocation: Invocation) -> Answer:
        """Return a summary a record."""

        def summarize(record: Any) -> bytes:
            headline, body, article_id = (_text(record, name) for name in ("headline", "body", "article_id"))
            limit = count_option(record, "sentences", 3, MOST_SENTENCES)
            found = self.summarizer.summarize(article_id, headline, body, sentences=limit)
            return orjson.dumps({"summary": [sentence.model_dump(mode="json") for sentence in found]})

        return Answer([_guarded(summarize, record) for record in invocation.records])


@dataclass(frozen=True, slots=True)
class EmbedderTarget:
    """Strings to `{"embedding": [384 floats, unit length], "truncated": bool}`, or to 384 float32, all in one pass.

    As bytes, what is no string is a row of NaN, and the notes count these rows and the texts that were cut.
    """

    embedder: TextEncoder

    def answer(self, invocation: Invocation) -> Answer:
        """Return an embedding a record."""
        records = invocation.records
        places = [place for place, record in enumerate(records) if isinstance(record, str)]
        encoded = self.embedder.encode([records[place] for place in places])
        if invocation.reply_type in BINARY:
            rows = np.full((len(records), DIMENSIONS), np.nan, dtype="<f4")
            rows[places] = encoded.vectors
            counts = {"truncated": sum(encoded.truncated), "failed": len(records) - len(places)}
            notes = ",".join(f"{name}={count}" for name, count in counts.items() if count)
            return Answer([row.tobytes() for row in rows], notes)
        documents = [b"" if isinstance(record, str) else _failure(_unembeddable(record)) for record in records]
        for row, place in enumerate(places):
            documents[place] = orjson.dumps(
                {"embedding": encoded.vectors[row], "truncated": encoded.truncated[row]},
                option=orjson.OPT_SERIALIZE_NUMPY,
            )
        return Answer(documents)


def read_article(record: Any) -> Article:
    """Validate one record as an Article; BadInput names the first field that is wrong."""
    if isinstance(record, Unreadable):
        raise BadInput(record.message, code="bad_json")
    try:
        return Article.model_validate(record)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "record"
        raise BadInput(f"{where}: {first['msg']}", code="bad_article") from error


def _unembeddable(record: Any) -> BadInput:
    reason = record.message if isinstance(record, Unreadable) else "a record must be a string"
    return BadInput(reason, code="bad_record")


def _text(record: Any, name: str) -> str:
    if isinstance(record, Unreadable):
        raise BadInput(record.message, code="bad_json")
    value = record.get(name, "") if isinstance(record, dict) else None
    if not isinstance(value, str):
        raise BadInput(f"a record must be an object, its {name!r} a string", code="bad_record")
    return value


def _guarded(work: Callable[[Any], bytes], record: Any) -> bytes:
    """Run one record; only its own fault or a model's becomes an error in its place, the rest fails the request."""
    try:
        return work(record)
    except (BadInput, ModelFailure) as error:
        return _failure(error)
    except TiplineError:
        raise
    except Exception:
        log.exception("record_failed")
        return _failure(ModelFailure("the model failed on this record"))


def _failure(error: TiplineError) -> bytes:
    return Prediction(error=Failure(code=error.code, message=error.message)).to_json()
