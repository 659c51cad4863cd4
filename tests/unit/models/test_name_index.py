"""The index lets through only places where two neighbouring words of a name stand."""

from __future__ import annotations

import pytest

from models.book import RegistryEntry
from models.name_forms import name_forms
from models.name_index import NameIndex, build_index
from models.names import fold, split_words
from tests.unit.models.resolving import entry


def index(*entries: RegistryEntry) -> NameIndex:
    return build_index(form for position, each in enumerate(entries) for form in name_forms(position, each))


@pytest.mark.parametrize(
    ("text", "hit"),
    [
        ("Amit Saxena spoke", True), ("saxena, amit", True), ("Amit K Saxena", True), ("अमित सक्सेना ने", True),
        ("Saxena spoke", False), ("Amit spoke", False), ("Kumar Saxena", False), ("", False),
    ],
)  # fmt: skip
def test_a_family_name_alone_is_no_hit(text: str, hit: bool) -> None:
    assert bool(index(entry("A", "Amit Saxena")).anchors_in(split_words(fold(text)))) is hit


def test_bearers_of_a_common_name_are_not_all_looked_at() -> None:
    crowd = index(*(entry(f"C-{n}", f"{chr(97 + n) * 4}o Kumar") for n in range(20)))
    words = split_words("aaaao kumar met")
    anchors = crowd.anchors_in(words)
    assert len(anchors) == 1
    found = [form for place in range(len(words)) for form in crowd.forms_at(words, place, anchors)]
    assert {form.entity for form in found if form.kind == "full name"} <= {0}
