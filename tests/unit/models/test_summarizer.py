"""Summaries say only what the article says, name where, and do not repeat themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import BartConfig, BartForConditionalGeneration, PreTrainedTokenizerFast

from models.embedder import Embedder
from models.embedder_loading import load_embedder
from models.summarizer import ExtractiveSummarizer
from models.summarizer_faithfulness import unfaithful_parts
from models.summarizer_sentences import split_sentences
from models.summarizer_seq2seq import Seq2SeqSummarizer

HEADLINE = "Steel maker's chairman resigns"
BODY = (
    "The chairman of Northgate Steel resigned on Tuesday. Northgate Steel's chairman stepped down on Tuesday.\n\n"
    "Lenders had asked for a new board after the group missed a payment of $4.1m. The weather in the city was mild. "
    'Dr. A. K. Rao, who sits on the board, said: "We part as friends." Shares fell 12.5% in early trade.'
)


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return load_embedder("openvino")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mr. Rao met Dr. Sen. They talked.", ["Mr. Rao met Dr. Sen.", "They talked."]),
        ("It rose 3.5 per cent. Then it fell.", ["It rose 3.5 per cent.", "Then it fell."]),
        ("A. K. Rao of the U.S. office left.", ["A. K. Rao of the U.S. office left."]),
        ('"We won!" she said. He left.', ['"We won!" she said.', "He left."]),
        ("वह चला गया। वह लौट आया।", ["वह चला गया।", "वह लौट आया।"]),
        ("Acme Pvt. Ltd. won. Fine.", ["Acme Pvt. Ltd. won.", "Fine."]),
        ("It bought Acme Ltd. The group paid cash.", ["It bought Acme Ltd.", "The group paid cash."]),
        ("One line\nAnother line", ["One line", "Another line"]),
        ("...\n\n--", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [span.text for span in split_sentences(text)] == expected


def test_every_sentence_stands_at_its_offsets(embedder: Embedder) -> None:
    text = f"{HEADLINE}\n{BODY}"
    summary = ExtractiveSummarizer(embedder).summarize("a1", HEADLINE, BODY)
    assert 1 <= len(summary) <= 3
    for sentence in summary:
        assert sentence.start is not None
        assert text[sentence.start : sentence.end] == sentence.text
        assert sentence.source_ids == ("a1",)
    assert [sentence.start for sentence in summary] == sorted(sentence.start or 0 for sentence in summary)


def test_the_same_fact_is_not_told_twice(embedder: Embedder) -> None:
    texts = [one.text for one in ExtractiveSummarizer(embedder).summarize("a1", HEADLINE, BODY)]
    assert sum("Tuesday" in text for text in texts) == 1
    assert not any("weather" in text for text in texts)


def test_short_and_empty_articles(embedder: Embedder) -> None:
    summarizer = ExtractiveSummarizer(embedder)
    assert [one.text for one in summarizer.summarize("a", "Chairman resigns", "")] == ["Chairman resigns"]
    assert summarizer.summarize("a", "", "") == ()
    assert len(summarizer.summarize("a", HEADLINE, BODY, sentences=1)) == 1


@pytest.mark.parametrize(
    ("summary", "bad"),
    [
        ("Northgate Steel lost $4.1m.", []),
        ("Westgate Steel resigned.", ["Westgate"]),
        ("Shares fell 13.5%.", ["13.5"]),
        ("It happened on Friday.", ["It", "Friday"]),
        ('They said: "We part as enemies."', ["We part as enemies.", "They"]),
    ],
)
def test_names_numbers_dates_and_quotes_must_be_in_the_source(summary: str, bad: list[str]) -> None:
    assert unfaithful_parts(summary, f"{HEADLINE}\n{BODY}") == bad


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A seq2seq model of random weights with a word vocabulary, saved as any model on disk is."""
    path = tmp_path_factory.mktemp("models") / "tiny-bart"
    words = ["<pad>", "<s>", "</s>", "<unk>", *dict.fromkeys(BODY.split()), "Zanzibar"]
    tokenizer = Tokenizer(models.WordLevel({word: place for place, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", bos_token="<s>", eos_token="</s>", unk_token="<unk>"
    ).save_pretrained(path)
    torch.manual_seed(7)
    config = BartConfig(
        vocab_size=len(words), d_model=16, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=32, decoder_ffn_dim=32, max_position_embeddings=2048,
        pad_token_id=0, bos_token_id=1, eos_token_id=2, decoder_start_token_id=2, forced_eos_token_id=2,
    )  # fmt: skip
    BartForConditionalGeneration(config).save_pretrained(path)
    return path


def test_a_seq2seq_model_on_disk_writes_and_the_gate_decides(
    tiny_model: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    extractive = ExtractiveSummarizer(embedder)
    summarizer = Seq2SeqSummarizer(tiny_model, extractive)
    assert summarizer.generate(BODY) == summarizer.generate(BODY)
    assert summarizer.version == "seq2seq-tiny-bart"
    monkeypatch.setattr(summarizer, "generate", lambda _source: "Northgate Steel missed a payment of $4.1m.")
    (written,) = summarizer.summarize("a1", HEADLINE, BODY)
    assert (written.text, written.source_ids, written.start) == (
        "Northgate Steel missed a payment of $4.1m.", ("a1",), None,
    )  # fmt: skip
    monkeypatch.setattr(summarizer, "generate", lambda _source: "Zanzibar bought the group.")
    assert summarizer.summarize("a1", HEADLINE, BODY) == extractive.summarize("a1", HEADLINE, BODY)
