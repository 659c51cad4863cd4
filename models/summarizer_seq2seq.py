"""Abstractive summaries by a transformers seq2seq model on disk, gated for faithfulness; else the extractive ones."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

from core.events import SummarySentence
from models.summarizer import Summarizer
from models.summarizer_faithfulness import unfaithful_parts
from models.summarizer_sentences import split_sentences

MAX_SOURCE_TOKENS = 1024
MAX_SUMMARY_TOKENS = 128
# Characters that MAX_SOURCE_TOKENS tokens can come from: bounds the tokenizer's work on a megabyte body.
MAX_SOURCE_CHARACTERS = 16 * MAX_SOURCE_TOKENS


class Seq2SeqSummarizer:
    """Writes a summary, on CUDA when there is one; what the gate refuses is replaced by `fallback`'s summary."""

    def __init__(self, model_path: Path, fallback: Summarizer) -> None:
        self._fallback = fallback
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._tokenizer = AutoTokenizer.from_pretrained(model_path, local_files_only=True)
        self._model = AutoModelForSeq2SeqLM.from_pretrained(model_path, local_files_only=True).to(self._device).eval()
        self.version = f"seq2seq-{model_path.name}"

    def summarize(
        self, article_id: str, headline: str, body: str, *, sentences: int = 3
    ) -> tuple[SummarySentence, ...]:
        """Return up to `sentences` written sentences, or the fallback's when one says what the article does not."""
        source = f"{headline}\n{body}"
        written = self.generate(source)
        spans = split_sentences(written)[:sentences]
        if not spans or any(unfaithful_parts(span.text, source) for span in spans):
            return self._fallback.summarize(article_id, headline, body, sentences=sentences)
        # A written sentence has a source article and no span: it stands nowhere in the text word for word.
        return tuple(SummarySentence(text=span.text, source_ids=(article_id,)) for span in spans)

    def generate(self, source: str) -> str:
        """Return the model's raw text for a source text; deterministic (greedy)."""
        encoded = self._tokenizer(
            source[:MAX_SOURCE_CHARACTERS], truncation=True, max_length=MAX_SOURCE_TOKENS, return_tensors="pt"
        ).to(self._device)
        with torch.inference_mode():
            output = self._model.generate(
                input_ids=encoded["input_ids"],
                attention_mask=encoded["attention_mask"],
                max_new_tokens=MAX_SUMMARY_TOKENS,
                do_sample=False,
                num_beams=1,
            )
        text = self._tokenizer.decode(output[0], skip_special_tokens=True)
        return str(text).strip()
