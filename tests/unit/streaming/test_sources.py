"""The sources file: what it may hold, and that a bad change does not take a running process down."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.errors import ConfigurationError, NotFound
from core.settings import Settings
from streaming.sources import SourcesFile, load_sources

KEY = "whsec_" + "QUJD" * 10
GOOD = (
    f'[webhooks.wire]\nkeys = ["{KEY}"]\nprovider = "Wire"\n[feeds.press]\nurl = "https://a.test/f"\nprovider = "P"\n'
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


def write(settings: Settings, text: str, mode: int = 0o600) -> None:
    settings.sources_file.write_text(text)
    settings.sources_file.chmod(mode)


def test_a_good_file_is_typed(settings: Settings) -> None:
    write(settings, GOOD)
    sources = load_sources(settings)
    assert sources.webhook("wire").key_bytes == (b"ABC" * 10,)
    assert (sources.feeds["press"].interval_s, sources.feeds["press"].allow_private) == (60, False)
    with pytest.raises(NotFound):
        sources.webhook("nobody")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[webhooks", "cannot be read"),
        ('[webhooks.wire]\nkeys = []\nprovider = "p"', "keys"),
        ('[webhooks.wire]\nkeys = ["whsec_c2hvcnQ="]\nprovider = "p"', "24 to 64 bytes"),
        ('[webhooks.wire]\nkeys = ["whsec_???"]\nprovider = "p"', "24 to 64 bytes"),
        ('[feeds.x]\nurl = "file:///etc/passwd"\nprovider = "p"', "http"),
        ('[feeds.x]\nurl = "https://user:pass@a.test/"\nprovider = "p"', "without credentials"),
        ('[feeds.x]\nurl = "https://a.test/"\nprovider = "p"\nintervall_s = 5', "intervall_s"),
        ('[feeds."Bad Name"]\nurl = "https://a.test/"\nprovider = "p"', "pattern"),
    ],
)
def test_a_bad_file_says_what_is_wrong(settings: Settings, text: str, reason: str) -> None:
    write(settings, text)
    with pytest.raises(ConfigurationError, match=reason) as caught:
        load_sources(settings)
    assert "c2hvcnQ" not in caught.value.message


def test_a_missing_or_readable_file_names_the_fix(settings: Settings) -> None:
    with pytest.raises(ConfigurationError, match="tipline up"):
        load_sources(settings)
    write(settings, GOOD, mode=0o644)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        load_sources(settings)


def test_changes_are_taken_and_bad_ones_are_not(settings: Settings) -> None:
    write(settings, GOOD)
    file = SourcesFile(settings)
    for text, names in ((GOOD + GOOD.replace("wire", "other"), {"wire"}), (GOOD.replace("wire", "new"), {"new"})):
        before = settings.sources_file.stat().st_mtime_ns
        write(settings, text)
        os.utime(settings.sources_file, ns=(before + 1, before + 1))
        assert set(file.current().webhooks) == names
