"""Passwords, cookies, origins, cursors: what needs no server."""

from __future__ import annotations

import base64
import uuid
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from api.alert_query import Cursor, parse_cursor
from api.app import allowed_origins
from api.cookies import is_secure
from api.passwords import PasswordVerifier, hash_password
from api.server import build_server
from api.sessions import Sessions
from core.errors import BadInput, ConfigurationError
from core.settings import Settings


async def test_only_the_right_password_of_a_known_user_fits() -> None:
    verifier, stored = PasswordVerifier(), hash_password("right")
    assert await verifier.verify(stored, "right")
    assert not await verifier.verify(stored, "wrong")
    assert not await verifier.verify(None, "right")
    assert not await verifier.verify(None, "decoy for unknown users")
    assert not await verifier.verify("not a hash", "right")


@pytest.mark.parametrize(
    ("mode", "host", "secure"),
    [("demo", "127.0.0.1", False), ("demo", "10.0.0.1", True), ("production", "127.0.0.1", True)],
)
def test_the_cookie_goes_without_https_in_the_demo_on_the_loopback_only(mode: str, host: str, secure: bool) -> None:
    assert is_secure(Settings.model_validate({"mode": mode, "bind_host": host})) is secure


@pytest.mark.parametrize(("mode", "believed"), [("demo", False), ("production", True)])
def test_a_caller_cannot_name_its_own_address_where_no_proxy_stands_in_front(mode: str, believed: bool) -> None:
    app = FastAPI()
    app.state.services = SimpleNamespace(hub=None)
    config = build_server(app, Settings.model_validate({"mode": mode}), port=8000).config
    assert config.proxy_headers is believed


def test_origins_are_the_public_address_and_this_process() -> None:
    settings = Settings.model_validate({"api_url": "https://alerts.bank.example/"})
    assert allowed_origins(settings, 8001) == {
        "https://alerts.bank.example", "http://127.0.0.1:8001", "http://localhost:8001",
    }  # fmt: skip


@pytest.mark.parametrize("missing", ["session_secret", "jwt_secret"])
def test_a_short_or_missing_secret_stops_the_start_with_the_fix(missing: str, tmp_path: Path) -> None:
    values = {"data_dir": tmp_path, "session_secret": "s" * 32, "jwt_secret": "j" * 32, missing: "short"}
    with pytest.raises(ConfigurationError, match=f"TIPLINE_{missing.upper()}"):
        Sessions(Settings.model_validate(values))


@given(st.datetimes(timezones=st.just(UTC), min_value=datetime(1970, 1, 2), max_value=datetime(9000, 1, 1)), st.uuids())
def test_a_cursor_names_its_place_to_the_microsecond(at: datetime, alert_id: uuid.UUID) -> None:
    cursor = Cursor(at, alert_id)
    assert parse_cursor(cursor.encode()) == cursor


@given(st.text() | st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_any_other_cursor_is_bad_input(text: str) -> None:
    with pytest.raises(BadInput):
        parse_cursor(text)
