from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import BadInput
from models.registry import Facts, compile_registry, read_registry
from ops.demo.load import BOOK
from tests.unit.models.resolving import entry, saxena


def test_the_demo_book_compiles_with_its_version() -> None:
    registry = compile_registry(read_registry(BOOK), "pg-7")
    assert registry.version == "pg-7"
    assert sum(entity.is_client for entity in registry.entities) == 27


def test_a_client_id_given_twice_is_refused() -> None:
    with pytest.raises(BadInput, match="twice"):
        compile_registry([saxena(), saxena()], "1")


def test_a_line_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "book.jsonl"
    path.write_text(saxena().model_dump_json() + '\n\n{"client_id": "X"}\n')
    with pytest.raises(BadInput, match=r"book\.jsonl line 3"):
        read_registry(path)


def test_single_facts_may_come_as_lists() -> None:
    assert Facts.model_validate({"birth_date": ["1968-04-11"], "gender": [], "role": ["chairman"]}) == Facts(
        birth_date="1968-04-11", role=("chairman",)
    )


def test_a_client_without_a_usable_name_does_no_harm() -> None:
    registry = compile_registry([entry("X", "---", ""), entry("Y", "", kind="organisation"), entry("Z")], "1")
    assert registry.names.forms == {}
