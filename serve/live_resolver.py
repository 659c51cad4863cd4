"""The resolver of the newest book: compiled in a background thread, swapped in whole, kept when the source is down."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from core.errors import DependencyUnavailable
from core.events import Article
from core.logs import get_logger
from models.enrich import ArticleResolver, Resolution
from models.registry import RegistryEntry
from serve.book_source import BookSource

Compile = Callable[[Sequence[RegistryEntry], str], ArticleResolver]
log = get_logger(__name__)


class LiveResolver:
    """Resolves with the last book that compiled; before the first one it is not ready."""

    def __init__(self, source: BookSource, build: Compile, *, poll_s: float) -> None:
        self._source = source
        self._build = build
        self._poll_s = poll_s
        self._resolver: ArticleResolver | None = None
        self._version: str | None = None
        self._failure: str | None = None
        self._tried = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="registry", daemon=True)

    @property
    def version(self) -> str | None:
        """The version of the book in use, None before the first."""
        return self._version

    @property
    def ready(self) -> bool:
        """Whether a book was loaded."""
        return self._resolver is not None

    def resolve(self, article: Article) -> Resolution:
        """Resolve with the book of this moment; DependencyUnavailable before the first one."""
        resolver = self._resolver
        if resolver is None:
            raise DependencyUnavailable("the registry is not loaded yet", code="registry_not_loaded", retry_after_s=1)
        return resolver.resolve(article)

    def start(self) -> None:
        """Load the book and follow its changes in the background."""
        self._thread.start()

    def wait(self, timeout_s: float) -> None:
        """Return once the book was read for the first time, or could not be."""
        self._tried.wait(timeout_s)

    def stop(self) -> None:
        """End the background thread."""
        self._stopped.set()
        self._thread.join(timeout=10)

    def refresh(self) -> None:
        """Take over a newer book when there is one; a source that fails leaves the present one in use."""
        try:
            if self._source.version() == self._version:
                self._note(None)
                return
            version, entries = self._source.read()
            self._resolver, self._version = self._build(entries, version), version
            log.info("registry_loaded", version=version, clients=len(entries))
            self._note(None)
        except Exception as error:
            # Whatever a book makes the compiler raise: were this to end the thread, no later book would count.
            self._note(type(error).__name__)

    def _watch(self) -> None:
        self.refresh()
        self._tried.set()
        while not self._stopped.wait(self._poll_s):
            self.refresh()

    def _note(self, failure: str | None) -> None:
        """Log a failure or a recovery once, not at every poll."""
        if failure != self._failure:
            self._failure = failure
            log.warning("registry_source_failed", error=failure) if failure else log.info("registry_source_recovered")
