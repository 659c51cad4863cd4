"""MiniLM as an OpenVINO graph, built straight from the safetensors: no torch in the process, ready in a second."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import openvino as ov
from openvino import opset13 as ops
from safetensors.numpy import load_file

HEADS = 12
LAYERS = 6
WIDTH = 384
LAYER_NORM_EPSILON = 1e-12
NORM_FLOOR = 1e-9

Weights = dict[str, npt.NDArray[np.float32]]
Vectors = npt.NDArray[np.float32]


class OpenVinoEngine:
    """Runs token ids to unit vectors on the CPU; `precision` is `bf16` or `f32`."""

    def __init__(self, model_dir: Path, *, precision: str, threads: int) -> None:
        self.name = f"openvino-{precision}"
        core = ov.Core()
        graph = build_graph(load_file(str(model_dir / "model.safetensors")))
        self._compiled = core.compile_model(
            graph,
            "CPU",
            {
                "INFERENCE_PRECISION_HINT": precision,
                "PERFORMANCE_HINT": "LATENCY",
                "NUM_STREAMS": 1,
                "INFERENCE_NUM_THREADS": threads,
                "ENABLE_CPU_PINNING": False,
            },
        )
        # One request per engine: callers hold the embedder's lock while they run it.
        self._request = self._compiled.create_infer_request()

    def run(self, ids: npt.NDArray[np.int64], mask: npt.NDArray[np.int64]) -> Vectors:
        """Return unit vectors [n, 384] for token ids and mask, both [n, length]."""
        outputs = self._request.infer([ids, mask], share_inputs=True)
        return np.array(outputs[0], dtype=np.float32)


def build_graph(weights: Weights) -> Any:
    """Return the graph: token ids [n, length] and mask [n, length] to mean-pooled unit vectors [n, 384]."""
    ids = ops.parameter([-1, -1], np.int64, name="input_ids")
    mask = ops.parameter([-1, -1], np.int64, name="attention_mask")
    keep = ops.convert(mask, "f32")
    # Padding gets a large negative score, so that softmax gives it no weight.
    penalty = ops.multiply(ops.subtract(_constant(1.0), keep), _constant(-10000.0))
    bias = ops.unsqueeze(penalty, _axes([1, 2]))
    hidden = _embeddings(weights, ids)
    for layer in range(LAYERS):
        hidden = _layer(weights, f"encoder.layer.{layer}.", hidden, bias)
    return ov.Model([_mean_pool(hidden, keep)], [ids, mask], "minilm")


def _embeddings(weights: Weights, ids: Any) -> Any:
    words = ops.gather(_constant(weights["embeddings.word_embeddings.weight"]), ids, _axes(0))
    length = ops.gather(ops.shape_of(ids), _axes(1), _axes(0))
    positions = ops.range(_axes(0), length, _axes(1), "i64")
    # Every text is one segment, so the type row 0 folds into the position table.
    table = weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    places = ops.gather(_constant(table), positions, _axes(0))
    return _layer_norm(weights, "embeddings.LayerNorm.", ops.add(words, places))


def _layer(weights: Weights, prefix: str, hidden: Any, bias: Any) -> Any:
    heads = {
        part: _split_heads(_dense(weights, f"{prefix}attention.self.{part}.", hidden))
        for part in ("query", "key", "value")
    }
    context = ops.scaled_dot_product_attention(heads["query"], heads["key"], heads["value"], bias)
    merged = ops.reshape(ops.transpose(context, _axes([0, 2, 1, 3])), _axes([0, 0, WIDTH]), special_zero=True)
    attended = _dense(weights, prefix + "attention.output.dense.", merged)
    hidden = _layer_norm(weights, prefix + "attention.output.LayerNorm.", ops.add(hidden, attended))
    inner = ops.gelu(_dense(weights, prefix + "intermediate.dense.", hidden), "ERF")
    return _layer_norm(
        weights, prefix + "output.LayerNorm.", ops.add(hidden, _dense(weights, prefix + "output.dense.", inner))
    )


def _split_heads(hidden: Any) -> Any:
    parted = ops.reshape(hidden, _axes([0, 0, HEADS, WIDTH // HEADS]), special_zero=True)
    return ops.transpose(parted, _axes([0, 2, 1, 3]))


def _dense(weights: Weights, prefix: str, value: Any) -> Any:
    product = ops.matmul(value, _constant(weights[prefix + "weight"]), False, True)
    return ops.add(product, _constant(weights[prefix + "bias"]))


def _layer_norm(weights: Weights, prefix: str, value: Any) -> Any:
    normal = ops.mvn(value, _axes([-1]), True, LAYER_NORM_EPSILON, "inside_sqrt")
    return ops.add(ops.multiply(normal, _constant(weights[prefix + "weight"])), _constant(weights[prefix + "bias"]))


def _mean_pool(hidden: Any, keep: Any) -> Any:
    weight = ops.unsqueeze(keep, _axes([-1]))
    total = ops.reduce_sum(ops.multiply(hidden, weight), _axes([1]), False)
    count = ops.maximum(ops.reduce_sum(weight, _axes([1]), False), _constant(NORM_FLOOR))
    mean = ops.divide(total, count)
    norm = ops.sqrt(ops.reduce_sum(ops.multiply(mean, mean), _axes([1]), True))
    return ops.divide(mean, ops.maximum(norm, _constant(NORM_FLOOR)))


def _constant(value: Any) -> Any:
    return ops.constant(np.asarray(value, dtype=np.float32))


def _axes(value: Any) -> Any:
    return ops.constant(np.asarray(value, dtype=np.int64))
