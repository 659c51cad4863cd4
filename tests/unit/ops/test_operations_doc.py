"""docs/operations.md says what the code says: every setting with its default, every process and port, every topic."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from core.settings import ENV_PREFIX, Settings
from core.topics import TOPICS
from ops.processes import process_names, start_order
from ops.secrets import SECRET_FIELDS

TEXT = (Path(__file__).parents[3] / "docs" / "operations.md").read_text()


def table(heading: str) -> dict[str, list[str]]:
    """Return the first table below a heading: first cell, without backquotes, to the others."""
    lines = TEXT.split(f"## {heading}\n")[1].split("\n## ")[0].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return {first.strip("`"): rest for first, *rest in rows[2:]}


def test_every_setting_is_there_and_no_other() -> None:
    assert set(table("Settings")) == {ENV_PREFIX + name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("name", Settings.model_fields)
def test_the_default_is_the_one_in_the_code(name: str) -> None:
    value = getattr(Settings(data_dir=Path(".tipline")), name)
    written = table("Settings")[ENV_PREFIX + name.upper()][0]
    if isinstance(value, SecretStr):
        assert written == ("made at first run" if name in SECRET_FIELDS else "none")
    else:
        assert written == ("none" if value is None else f"`{value}`")


def test_every_setting_is_explained() -> None:
    assert all(meaning.endswith(".") for _default, meaning in table("Settings").values())


def test_every_process_is_there_in_starting_order_with_what_it_comes_after() -> None:
    rows = table("Processes and ports")
    assert list(rows) == process_names()
    assert {name: tuple(rows[name][2].replace("`", "").split(", ")) for name in rows if rows[name][2]} == {
        name: after for name, after in start_order().items() if after
    }


def test_every_port_is_there() -> None:
    ports = {str(field.default) for name, field in Settings.model_fields.items() if name.endswith("_port")}
    section = TEXT.split("## Processes and ports\n")[1].split("\n## ")[0]
    assert {port for port in ports if port not in section} == set()


def test_every_topic_is_there_with_partitions_and_retention() -> None:
    written = {name: (int(partitions), int(days)) for name, (partitions, days) in table("Topics").items()}
    assert written == {topic.name: (topic.partitions, topic.retention_s // 86400) for topic in TOPICS}
