"""What `tipline status --json` tells of the addresses."""

from __future__ import annotations

from pathlib import Path

from core.settings import Settings
from ops.status import describe


def test_the_address_of_athena_is_that_of_the_facade_unless_set(tmp_path: Path) -> None:
    own = describe(Settings(data_dir=tmp_path, facade_port=8095), None)
    assert own["athena_url"] == "http://127.0.0.1:8095"
    assert own["aws_shared_credentials_file"] == str(tmp_path / "aws" / "credentials")
    aws = "https://athena.eu-central-1.amazonaws.com"
    assert describe(Settings(data_dir=tmp_path, athena_url=aws), None)["athena_url"] == aws
