"""A rolling update of the endpoint's model: say which version is wanted, wait until every replica serves it."""

from __future__ import annotations

import time
from pathlib import Path

import httpx

from core.errors import DependencyUnavailable, ModelFailure
from core.settings import Settings
from serve.main import Deployer, deployed_summarizer, head_client
from serve.model_versions import ModelVersions, version_name

ROLLOUT_S = 600.0
POLL_S = 0.5


def deploy_version(settings: Settings, directory: Path) -> str:
    """Serve a summarizer from a directory and return its name; ModelFailure, and the old one stays, if it cannot."""
    versions = ModelVersions(settings)
    versions.deploy(directory)
    try:
        return await_rollout(settings)
    except ModelFailure:
        versions.rollback()
        raise


def roll_back(settings: Settings) -> str:
    """Serve the summarizer before the present one again and return its name."""
    ModelVersions(settings).rollback()
    return await_rollout(settings)


def await_rollout(settings: Settings, *, within_s: float = ROLLOUT_S) -> str:
    """Return the current version's name once every replica serves it.

    ModelFailure when it does not start; DependencyUnavailable when Serve is away, or takes longer than `within_s`.
    """
    wanted = ModelVersions(settings).current
    deadline = time.monotonic() + within_s
    try:
        with head_client(settings) as http:
            deployer = Deployer(settings, http)
            while time.monotonic() < deadline:
                application = deployer.application()
                # Until the process `serve` has seen it, Serve describes the version before.
                if application and deployed_summarizer(application) == str(wanted or ""):
                    if application["status"] == "RUNNING":
                        return version_name(wanted)
                    if application["status"] == "DEPLOY_FAILED":
                        raise ModelFailure(f"{version_name(wanted)} does not start; `tipline logs ray` says why")
                time.sleep(POLL_S)
    except httpx.HTTPError as error:
        raise DependencyUnavailable("Ray Serve does not answer; `tipline up` starts it") from error
    raise DependencyUnavailable(f"{version_name(wanted)} is not served after {within_s:.0f} s; see `tipline status`")
