"""deploy/ says what the code says: policies name what exists and no more, and every process has its database role."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest

from batch.glue.defaults import NIGHTLY
from core.settings import DatabaseRole, Settings
from ops.processes import process_names

DEPLOY = Path(__file__).parents[3] / "deploy"
MIGRATIONS = DEPLOY.parent / "contracts" / "sql"
POLICIES = {path.stem: json.loads(path.read_text()) for path in sorted((DEPLOY / "iam").glob("*.json"))}
# Who is no process: people, with credentials of their own.
PEOPLE = {"operator", "analyst"}
# Actions that AWS lets no policy restrict to a resource.
WITHOUT_RESOURCE = {"s3:ListAllMyBuckets"}
ACTION = re.compile(r"(s3|sqs|glue|kms|sagemaker|athena):[A-Z][A-Za-z]+")
WRITES_OBJECTS = {"s3:PutObject", "s3:DeleteObject"}


def statements(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = POLICIES[name]["Statement"]
    return found


def test_every_policy_is_of_a_process_or_of_people_and_the_processes_that_use_aws_have_one() -> None:
    assert set(POLICIES) <= {*process_names(), *PEOPLE}
    assert {"stream", "serve", "night", "glue", "warm", "analyst", "operator"} <= set(POLICIES)


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_allows_named_actions_on_named_things_only(name: str) -> None:
    assert POLICIES[name]["Version"] == "2012-10-17"
    for statement in statements(name):
        assert statement.keys() <= {"Sid", "Effect", "Action", "Resource", "Condition"}
        assert statement["Effect"] == "Allow"
        assert all(
            re.fullmatch(r"(s3|sqs|glue|kms|sagemaker|athena):[A-Z][A-Za-z]+", one) for one in statement["Action"]
        )
        if "*" in statement["Resource"]:
            assert set(statement["Action"]) <= WITHOUT_RESOURCE
        if any(resource.endswith("key/*") for resource in statement["Resource"]):
            assert statement["Condition"]["StringEquals"]["kms:RequestAlias"]


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_names_only_what_the_settings_name(name: str) -> None:
    defaults = Settings()
    buckets = {getattr(defaults, field) for field in Settings.model_fields if field.endswith("_bucket")}
    known = {"sqs": {defaults.bronze_queue}, "sagemaker": {defaults.endpoint_name}}
    for arn in (one for statement in statements(name) for one in statement["Resource"] if one != "*"):
        service, thing = arn.split(":")[2], arn.rpartition(":")[2]
        if service == "s3":
            assert thing.partition("/")[0] in buckets
        elif service in known:
            assert thing.rpartition("/")[2] in known[service]


def test_each_writes_its_own_tier_only() -> None:
    written = {
        name: {
            resource.removeprefix("arn:aws:s3:::").partition("/")[0]
            for statement in statements(name)
            if WRITES_OBJECTS & set(statement["Action"])
            for resource in statement["Resource"]
        }
        for name in POLICIES
    }
    assert written == {
        "stream": set(),
        "serve": {"model-invocations"},
        "night": set(),
        "analyst": {"sql-results"},
        "warm": {"data-lake-silver"},
        "glue": {"data-lake-silver", "data-lake-gold", "news-archive"},
        "operator": {"data-lake-bronze"},
    }


def test_nobody_deletes_what_landed_or_what_is_archived() -> None:
    kept = ("arn:aws:s3:::data-lake-bronze", "arn:aws:s3:::news-archive")
    deleting = [
        resource
        for name in POLICIES
        for statement in statements(name)
        if any("Delete" in action or "Bypass" in action for action in statement["Action"])
        for resource in statement["Resource"]
    ]
    assert deleting
    assert not [resource for resource in deleting if resource.startswith(kept)]


def test_the_night_may_start_the_job_that_it_starts() -> None:
    (statement,) = [one for one in statements("night") if "glue:StartJobRun" in one["Action"]]
    assert statement["Resource"] == [f"arn:aws:glue:*:*:job/{NIGHTLY}"]


def test_the_file_of_database_roles_makes_each_and_gives_none_a_special_right() -> None:
    made = re.findall(r"CREATE ROLE (\w+) ([A-Z ]+);", (DEPLOY / "postgres" / "roles.sql").read_text())
    assert {name for name, _ in made} == {f"tipline_{role}" for role in get_args(DatabaseRole)}
    assert {rights for _, rights in made} == {"LOGIN NOINHERIT"}


def test_every_role_is_granted_something_and_nothing_that_owners_do() -> None:
    text = "\n".join(path.read_text() for path in sorted(MIGRATIONS.glob("[0-9]*.sql")))
    grants = re.findall(r"^GRANT (.+?) TO\s+(.+?);", text, flags=re.MULTILINE | re.DOTALL)
    for role in get_args(DatabaseRole):
        assert any(f"tipline_{role}" in to and "SCHEMA" not in what for what, to in grants)
    assert not re.search(r"GRANT (ALL|TRUNCATE|CREATE)|BYPASSRLS|WITH GRANT OPTION", text)
