"""Resolve a file in several processes: chunks go out and come back in order, so the output has the input's order."""

from __future__ import annotations

import gc
import multiprocessing
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from core.errors import BadInput
from models.linking import LinkedMention, link_mentions
from models.registry import compile_registry, read_registry
from models.resolver import Resolver
from ops.resolve_files import Line, read_article, read_lines, writers

_CHUNK, _CHUNKS_AHEAD = 128, 4  # a process has this many chunks waiting: enough to stay busy, little to hold


@dataclass(frozen=True, slots=True)
class Done:
    """What a run came to; `unreadable` lines are among the articles of the output."""

    articles: int
    mentions: int
    unreadable: int
    took_s: float

    @property
    def articles_per_s(self) -> float:
        """The speed, the compile of the registry left out."""
        return self.articles / self.took_s if self.took_s else 0.0


@dataclass(frozen=True, slots=True)
class _Chunk:
    """The output of a chunk and what it holds."""

    output: bytes
    articles: int
    mentions: int
    failures: list[tuple[int, str]]
    size_bytes: int


@dataclass(frozen=True, slots=True)
class _Worker:
    """What each process inherits by fork: the compiled registry and the output's format."""

    resolver: Resolver
    article: Callable[[str, list[LinkedMention]], bytes]
    failure: Callable[[int, str], bytes]

    def resolve(self, lines: list[Line]) -> _Chunk:
        parts, failures, mentions = [], [], 0
        for line in lines:
            try:
                article = read_article(line)
            except BadInput as error:
                failures.append((line.number, error.message))
                parts.append(self.failure(line.number, error.message))
                continue
            found = link_mentions(self.resolver, article)
            mentions += len(found)
            parts.append(self.article(article.article_id, found))
        return _Chunk(b"".join(parts), len(lines), mentions, failures, sum(line.size_bytes for line in lines))


_worker: _Worker | None = None


def _adopt(worker: _Worker) -> None:
    global _worker
    _worker = worker
    gc.freeze()  # what was inherited stays shared: the collector need not touch it


def _resolve(lines: list[Line]) -> _Chunk:
    assert _worker is not None  # noqa: S101 - the pool's initialiser ran
    return _worker.resolve(lines)


def run(registry: Path, articles: Path, out: Path, *, processes: int, console: Console) -> Done:
    """Write the mentions of `articles` to `out`, which appears whole or not at all; BadInput on a bad registry."""
    entries = read_registry(registry)
    resolver = Resolver(compile_registry(entries, registry.name))
    head, article, failure = writers(out)
    part = out.with_name(f".{out.name}.part")
    done, unreadable, mentions, began = 0, 0, 0, time.perf_counter()
    try:
        with part.open("wb") as output, _progress(console) as progress:
            task = progress.add_task("articles", total=articles.stat().st_size, count=0)
            output.write(head)
            for chunk in _chunks(_Worker(resolver, article, failure), articles, processes):
                output.write(chunk.output)
                done, mentions = done + chunk.articles, mentions + chunk.mentions
                unreadable += len(chunk.failures)
                for number, message in chunk.failures:
                    console.print(f"{articles.name} line {number}: {message}", markup=False)
                progress.update(task, advance=chunk.size_bytes, count=done)
            progress.update(task, completed=articles.stat().st_size)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return Done(done, mentions, unreadable, time.perf_counter() - began)


def _chunks(worker: _Worker, articles: Path, processes: int) -> Iterator[_Chunk]:
    """Yield the chunks in the order of the file, a bounded number of them under way."""
    lines = read_lines(articles)
    fork = multiprocessing.get_context("fork")
    waiting: deque[Future[_Chunk]] = deque()
    with ProcessPoolExecutor(processes, mp_context=fork, initializer=_adopt, initargs=(worker,)) as pool:
        while chunk := list(islice(lines, _CHUNK)):
            waiting.append(pool.submit(_resolve, chunk))
            if len(waiting) >= processes * _CHUNKS_AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _progress(console: Console) -> Progress:
    columns = (
        TextColumn("{task.fields[count]} articles"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=console)
