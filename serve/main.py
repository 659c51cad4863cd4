"""The process `serve`: deploys the application to the Ray head and keeps it deployed, over Ray's REST API.

Run as `python -m serve.main` beside `python -m serve.head`. It holds no connection into Ray, so a head that dies takes
nothing with it here: the next round finds the application missing and deploys it again. Ended by SIGTERM it deletes the
application, which lets every replica finish its requests; killed, it leaves the application running.
"""

from __future__ import annotations

import signal
import threading
import time
from typing import Any

import httpx

from clients.health import Heartbeat
from clients.http import trusted
from core.logs import configure_logs, get_logger
from core.settings import Settings, load_settings
from serve.head import token_file
from serve.model_versions import ModelVersions

POLL_S = 1.0
REQUEST_TIMEOUT_S = 30.0
PING_TIMEOUT_S = 2.0
DRAIN_S = 30.0
# A deployment that failed is tried again after this long.
RETRY_FAILED_S = 10.0
APPLICATIONS = "/api/serve/applications/"
log = get_logger(__name__)


class Deployer:
    """One application on one head: its state, its deployment, its removal."""

    def __init__(self, settings: Settings, http: httpx.Client) -> None:
        self._settings = settings
        self._http = http
        self._versions = ModelVersions(settings)
        self._failed_at = 0.0
        self.attempts = 0

    def step(self) -> str:
        """Deploy the application when it is missing, failed or of another version; return its status before that."""
        application = self.application()
        status = application["status"] if application else "MISSING"
        summarizer = str(self._versions.current or "")
        changed = application is not None and deployed_summarizer(application) != summarizer
        if status == "MISSING" or changed or (status == "DEPLOY_FAILED" and self._may_retry()):
            self._deploy(summarizer)
        return str(status)

    def application(self) -> dict[str, Any] | None:
        """Return the application as Serve describes it, None where there is none."""
        found: dict[str, Any] | None = self._applications().get(self._settings.endpoint_name)
        return found

    def remove(self) -> None:
        """Delete the application and wait until its replicas have finished."""
        self._http.delete(APPLICATIONS).raise_for_status()
        deadline = time.monotonic() + DRAIN_S
        while self._applications() and time.monotonic() < deadline:
            time.sleep(POLL_S / 4)

    def _applications(self) -> dict[str, Any]:
        reply = self._http.get(APPLICATIONS).raise_for_status()
        applications: dict[str, Any] = reply.json()["applications"]
        return applications

    def _deploy(self, summarizer: str) -> None:
        self.attempts += 1
        self._failed_at = time.monotonic()
        config = deployment_config(self._settings, self.attempts, summarizer)
        self._http.put(APPLICATIONS, json=config).raise_for_status()
        log.info("application_deployed", attempt=self.attempts)

    def _may_retry(self) -> bool:
        return time.monotonic() - self._failed_at >= RETRY_FAILED_S


def deployment_config(settings: Settings, attempt: int, summarizer: str) -> dict[str, Any]:
    """Return the Serve configuration: no proxies, since the replicas of `enrich` listen themselves."""
    return {
        "proxy_location": "Disabled",
        "applications": [
            {
                "name": settings.endpoint_name,
                "import_path": "serve.app:build_app",
                # A changed argument makes Serve build again, and roll over to, what it built before.
                "args": {"attempt": str(attempt), "summarizer": summarizer},
            }
        ],
    }


def deployed_summarizer(application: dict[str, Any]) -> str:
    """Return the directory that an application, as Serve describes it, was told to serve from; empty for our own."""
    return str((application.get("deployed_app_config") or {}).get("args", {}).get("summarizer", ""))


def head_client(settings: Settings) -> httpx.Client:
    """Return a client of the head's REST API."""
    return httpx.Client(
        base_url=f"http://{settings.bind_host}:{settings.ray_dashboard_port}",
        headers={"Authorization": f"Bearer {token_file(settings).read_text().strip()}"},
        timeout=REQUEST_TIMEOUT_S,
        trust_env=False,
    )


def ping(settings: Settings) -> bool:
    """Return whether the endpoint says that it is ready."""
    try:
        address, verify = f"{settings.endpoint_url}/ping", trusted(settings)
        return httpx.get(address, timeout=PING_TIMEOUT_S, trust_env=False, verify=verify).status_code == 200
    except httpx.HTTPError:
        return False


def watch(settings: Settings, deployer: Deployer, stopped: threading.Event) -> None:
    """Keep the application deployed until `stopped`, with a heartbeat a round."""
    heartbeat = Heartbeat(settings, "serve")
    said = ""
    while not stopped.is_set():
        try:
            status = deployer.step()
        except httpx.HTTPError as error:
            status = f"HEAD_UNREACHABLE ({type(error).__name__})"
        if status != said:
            log.info("application_status", status=status)
            said = status
        heartbeat.beat(ready=ping(settings), status=status)
        stopped.wait(POLL_S)


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    settings = load_settings()
    configure_logs("serve", settings.log_level)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with head_client(settings) as http:
        deployer = Deployer(settings, http)
        watch(settings, deployer, stopped)
        try:
            deployer.remove()
        except httpx.HTTPError as error:
            log.warning("application_not_removed", error=type(error).__name__)


if __name__ == "__main__":
    main()
