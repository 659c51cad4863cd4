"""From a provider's claims to a person with one of our roles, and what must not start."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.app import build_services
from api.principal import ROLES
from api.sign_on import parse_roles, person_of
from core.errors import ConfigurationError, Forbidden
from core.settings import Settings

SETTINGS = Settings(oidc_rm_claim="employee", oidc_role_claim="groups")


def test_roles_are_mapped_by_the_setting_or_by_their_own_names() -> None:
    assert parse_roles("") == {role: role for role in ROLES}
    assert parse_roles("PB-RM=rm, PB-HEAD = head") == {"PB-RM": "rm", "PB-HEAD": "head"}
    with pytest.raises(ConfigurationError, match="TIPLINE_OIDC_ROLES"):
        parse_roles("PB-RM=rm,PB-BOSS=boss")


@pytest.mark.parametrize(
    ("groups", "role"),
    [("PB-RM", "rm"), (["x", "PB-RM"], "rm"), (["PB-RM", "PB-HEAD"], "head"), (["PB-HEAD", "PB-RM"], "head")],
)
def test_one_value_or_a_list_gives_the_first_role_in_our_order(groups: Any, role: str) -> None:
    roles = parse_roles("PB-RM=rm,PB-HEAD=head")
    person = person_of({"employee": "e1", "groups": groups, "name": "Ann\0"}, SETTINGS, roles)
    assert (person.rm_id, person.display, person.role) == ("e1", "Ann", role)


@pytest.mark.parametrize(
    "claims",
    [
        {"groups": ["rm"]}, {"employee": "", "groups": ["rm"]}, {"employee": 7, "groups": ["rm"]},
        {"employee": "x" * 129, "groups": ["rm"]}, {"employee": "a\0b", "groups": ["rm"]}, {"employee": "e1"},
        {"employee": "e1", "groups": []}, {"employee": "e1", "groups": ["RM"]}, {"employee": "e1", "groups": {"rm": 1}},
        {"employee": "e1", "groups": [["rm"], 5, None]}, {"employee": "e1", "groups": 5},
    ],
)  # fmt: skip
def test_claims_without_a_usable_name_or_role_let_nobody_in(claims: dict[str, Any]) -> None:
    with pytest.raises(Forbidden):
        person_of(claims, SETTINGS, parse_roles(""))


def test_production_does_not_start_without_single_sign_on(tmp_path: Path) -> None:
    values = {"data_dir": tmp_path, "mode": "production", "session_secret": "s" * 32, "jwt_secret": "j" * 32}
    with pytest.raises(ConfigurationError, match="TIPLINE_OIDC_ISSUER"):
        build_services(Settings.model_validate(values), port=8000)
