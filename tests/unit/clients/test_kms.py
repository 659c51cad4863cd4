"""A key service wraps a client's key for that client alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from clients.aws import session
from clients.kms import KmsMasterKey
from core.errors import BadInput, NotFound
from core.sealing import new_key
from core.settings import Settings, load_settings


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    credentials = tmp_path / "credentials"
    credentials.write_text("[tipline]\naws_access_key_id = a\naws_secret_access_key = s\n")
    with mock_aws():
        yield load_settings(data_dir=tmp_path, aws_shared_credentials_file=credentials)


def test_a_key_opens_for_its_client_alone(settings: Settings) -> None:
    kms: Any = session(settings).client("kms")
    master, secret = KmsMasterKey(settings, kms.create_key()["KeyMetadata"]["KeyId"]), new_key()
    wrapped = master.wrap(secret, "t1")
    assert secret not in wrapped
    assert master.unwrap(wrapped, "t1", master.current) == secret
    with pytest.raises(BadInput):
        master.unwrap(wrapped, "t2", master.current)


def test_a_key_that_is_not_there_is_said(settings: Settings) -> None:
    with pytest.raises((BadInput, NotFound)):
        KmsMasterKey(settings, "alias/none").wrap(new_key(), "t1")
