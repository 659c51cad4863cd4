from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.names import fold, parse_organisation, parse_person, skeleton, spelling_key, tokenize


@given(st.text())
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text())
def test_tokens_stand_where_they_say(text: str) -> None:
    folded = fold(text)
    assert all(folded[token.start : token.end] == token.folded for token in tokenize(folded))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Saxena", "Saksena"),
        ("Leonov", "Леонов"),
        ("Müller", "Muller"),
        ("Łukasz", "Lukasz"),
        ("Meenakshi", "Minakshi"),
    ],
)
def test_spelling_variants_share_a_key(one: str, other: str) -> None:
    assert spelling_key(fold(one)) == spelling_key(fold(other))


@pytest.mark.parametrize(("one", "other"), [("Martin", "Morton"), ("Saxena", "Sinha"), ("Rao", "Roy")])
def test_different_names_do_not(one: str, other: str) -> None:
    assert spelling_key(fold(one)) != spelling_key(fold(other))


@pytest.mark.parametrize(("latin", "script"), [("Saxena", "सक्सेना"), ("Mansoori", "المنصوري".removeprefix("ال"))])
def test_consonants_bridge_scripts_that_leave_vowels_out(latin: str, script: str) -> None:
    assert skeleton(fold(latin)) == skeleton(fold(script))


@pytest.mark.parametrize(
    ("name", "given", "family"),
    [
        ("Amit Saxena", ("amit",), ("saxena",)),
        ("Shri Amit Kumar Saxena", ("amit", "kumar"), ("saxena",)),
        ("Saxena, Amit", ("amit",), ("saxena",)),
        ("Dr. Bill de Blasio Jr.", ("bill",), ("de", "blasio")),
        ("Beto O’Rourke", ("beto",), ("o", "rourke")),
        ("Wiranto", (), ("wiranto",)),
    ],
)
def test_person_names_are_parsed(name: str, given: tuple[str, ...], family: tuple[str, ...]) -> None:
    parsed = parse_person(name)
    assert (parsed.given, parsed.family) == (given, family)


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("Saxena Industries Ltd.", ("saxena", "industries")),
        ("The Weißhaupt Maschinenbau GmbH & Co. KG", ("weisshaupt".replace("ss", "s"), "maschinenbau")),
        ("Zamperoni Moda S.p.A.", ("zamperoni", "moda")),
        ("Facebook, Inc.", ("facebook",)),
        ("Limited", ("limited",)),
    ],
)
def test_legal_forms_fall_away(name: str, core: tuple[str, ...]) -> None:
    assert parse_organisation(name)[0] == core
