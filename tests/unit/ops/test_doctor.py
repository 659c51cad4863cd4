"""What the doctor says of the certificate of our servers."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from core.settings import Settings
from ops.doctor import certificate
from tests.integration.certificates import Authority


@pytest.mark.parametrize(("days", "ok"), [(90, True), (13, False)])
def test_a_certificate_that_ends_soon_is_a_finding(tmp_path: Path, days: int, ok: bool) -> None:
    issued = Authority(tmp_path).issue("alerts.bank.example", timedelta(days=days))
    (finding,) = certificate(Settings(tls_cert=issued.cert, tls_key=issued.key))
    assert (finding.ok, finding.check) == (ok, "certificate")


def test_one_that_cannot_be_read_is_another_and_none_is_none(tmp_path: Path) -> None:
    (finding,) = certificate(Settings(tls_cert=tmp_path / "gone.pem", tls_key=tmp_path / "gone.key"))
    assert not finding.ok
    assert list(certificate(Settings())) == []
