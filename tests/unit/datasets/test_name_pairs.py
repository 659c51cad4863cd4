"""The artefact of the name evidence: what it says of itself is true, and it can be made again."""

from __future__ import annotations

import hashlib
import json

from benchmarks.resolver.name_pairs import HERE, SIZES, make_rows, read_pairs
from datasets.name_pairs.__main__ import COMPANY_PAIRS, PERSON_PAIRS, VERSION, build, checksum
from datasets.name_pairs.sources import SOURCE, read_names
from models.pairs.score import ARTEFACT


def test_the_artefact_is_whole_and_of_these_sources() -> None:
    artefact = json.loads(ARTEFACT.read_text(encoding="utf-8"))
    assert artefact["version"] == VERSION
    assert artefact["pairs"] == {"person": PERSON_PAIRS, "organisation": COMPANY_PAIRS}
    assert artefact["sha256"] == checksum(artefact)
    assert artefact["sources"] == {SOURCE.name: hashlib.sha256(SOURCE.read_bytes()).hexdigest()}
    assert ARTEFACT.stat().st_size < 50_000


def test_it_is_made_the_same_again() -> None:
    assert build(600, 300) == build(600, 300)


def test_no_flaw_speaks_for_a_pair_and_calibration_rises() -> None:
    for kind in json.loads(ARTEFACT.read_text(encoding="utf-8"))["kinds"].values():
        against = {name: weight for name, weight in kind["weights"].items() if name.startswith(("contra", "missing"))}
        assert against
        assert max(against.values()) <= 0
        assert kind["probabilities"] == sorted(kind["probabilities"])
        assert kind["knots"] == sorted(kind["knots"])


def test_the_evaluation_shares_no_name_with_the_training() -> None:
    trained, evaluated = (
        {name.latin for names in read_names(path).values() for name in names} for path in (SOURCE, HERE / "names.txt")
    )
    assert not trained & evaluated


def test_the_evaluation_pairs_are_what_their_generator_makes() -> None:
    assert read_pairs() == list(make_rows())
    assert {row.slice for row in read_pairs()} == set(SIZES)
