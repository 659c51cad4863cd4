"""MiniLM in torch through transformers: the engine for CUDA, and the fallback where OpenVINO does not load."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from transformers import AutoModel


class TorchEngine:
    """Runs token ids to unit vectors on CUDA when there is one, else on the CPU in f32."""

    def __init__(self, model_dir: Path, *, threads: int) -> None:
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.name = f"torch-{self._device.type}"
        if self._device.type == "cpu":
            torch.set_num_threads(threads)
        self._model = AutoModel.from_pretrained(model_dir, local_files_only=True).to(self._device).eval()

    def run(self, ids: npt.NDArray[np.int64], mask: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """Return unit vectors [n, 384] for token ids and mask, both [n, length]."""
        with torch.inference_mode():
            keep = torch.from_numpy(mask).to(self._device)
            hidden = self._model(torch.from_numpy(ids).to(self._device), attention_mask=keep).last_hidden_state
            weight = keep.unsqueeze(-1).to(hidden.dtype)
            mean = (hidden * weight).sum(1) / weight.sum(1).clamp(min=1e-9)
            unit: npt.NDArray[np.float32] = torch.nn.functional.normalize(mean, dim=1).float().cpu().numpy()
        return unit
