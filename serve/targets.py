"""What each target does with the records of one request: one JSON document a record, errors inside, in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import orjson
from pydantic import ValidationError

from core.errors import BadInput, ModelFailure, TiplineError
from core.events import Article
from core.logs import get_logger
from core.settings import Settings
from models.embedder import Embedder
from models.enrich import ArticleResolver, Enricher, Failure, Prediction
from models.summarizer import Summarizer
from serve.protocol import Unreadable, count_option, fraction_option

ENRICH, ENTITY_RESOLVER, SUMMARIZER, EMBEDDER = "enrich", "entity-resolver", "summarizer", "embedder"
TARGETS = (ENRICH, ENTITY_RESOLVER, SUMMARIZER, EMBEDDER)
MOST_SENTENCES = 20

Options = Mapping[str, Any]
log = get_logger(__name__)


class Target(Protocol):
    """The work of one target; called in worker threads, several at a time."""

    def predict(self, records: Sequence[Any], options: Options) -> list[bytes]:
        """Return one JSON document a record, in order; a bad record fails alone, bad options fail the request."""
        ...


@dataclass(frozen=True, slots=True)
class EnrichTarget:
    """Articles to predictions with candidates, retraction and decisions."""

    enricher: Enricher
    settings: Settings

    def predict(self, records: Sequence[Any], options: Options) -> list[bytes]:
        """Return a Prediction a record."""
        keep_above = fraction_option(options, "keep_above", self.settings.relevance_keep_above)
        review_from = fraction_option(options, "review_from", self.settings.relevance_review_from)

        def enrich(record: Any) -> bytes:
            article = read_article(record)
            return self.enricher.enrich(article, keep_above=keep_above, review_from=review_from).to_json()

        return [_guarded(enrich, record) for record in records]


@dataclass(frozen=True, slots=True)
class ResolverTarget:
    """Articles to predictions with decisions only."""

    resolver: ArticleResolver

    def predict(self, records: Sequence[Any], options: Options) -> list[bytes]:
        """Return a Prediction a record."""

        def resolve(record: Any) -> bytes:
            article = read_article(record)
            decisions = tuple(self.resolver.resolve(article).decisions)
            return Prediction(article_id=article.article_id, revision=article.revision, decisions=decisions).to_json()

        return [_guarded(resolve, record) for record in records]


@dataclass(frozen=True, slots=True)
class SummarizerTarget:
    """`{headline, body, sentences?, article_id?}` to `{"summary": [...]}`."""

    summarizer: Summarizer

    def predict(self, records: Sequence[Any], options: Options) -> list[bytes]:
        """Return a summary a record."""

        def summarize(record: Any) -> bytes:
            headline, body, article_id = (_text(record, name) for name in ("headline", "body", "article_id"))
            limit = count_option(record, "sentences", 3, MOST_SENTENCES)
            found = self.summarizer.summarize(article_id, headline, body, sentences=limit)
            return orjson.dumps({"summary": [sentence.model_dump(mode="json") for sentence in found]})

        return [_guarded(summarize, record) for record in records]


@dataclass(frozen=True, slots=True)
class EmbedderTarget:
    """Strings to `{"embedding": [384 floats, unit length], "truncated": bool}`, all in one pass."""

    embedder: Embedder

    def predict(self, records: Sequence[Any], options: Options) -> list[bytes]:
        """Return an embedding a record."""
        places = [place for place, record in enumerate(records) if isinstance(record, str)]
        encoded = self.embedder.encode([records[place] for place in places])
        results = [_failure(BadInput("a record must be a string", code="bad_record"))] * len(records)
        for row, place in enumerate(places):
            results[place] = orjson.dumps(
                {"embedding": encoded.vectors[row], "truncated": encoded.truncated[row]},
                option=orjson.OPT_SERIALIZE_NUMPY,
            )
        return results


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
