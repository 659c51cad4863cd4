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
        self._failed_at = 0.0
        self.attempts = 0

    def step(self) -> str:
        """Look at the application, deploy it when it is missing or failed, and return its status."""
        application = self._applications().get(self._settings.endpoint_name)
        status = application["status"] if application else "MISSING"
        if status == "MISSING" or (status == "DEPLOY_FAILED" and self._may_retry()):
            self._deploy()
        return str(status)

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

    def _deploy(self) -> None:
        self.attempts += 1
        self._failed_at = time.monotonic()
        self._http.put(APPLICATIONS, json=deployment_config(self._settings, self.attempts)).raise_for_status()
        log.info("application_deployed", attempt=self.attempts)

    def _may_retry(self) -> bool:
        return time.monotonic() - self._failed_at >= RETRY_FAILED_S


def deployment_config(settings: Settings, attempt: int) -> dict[str, Any]:
    """Return the Serve configuration: no proxies, since the replicas of `enrich` listen themselves."""
    return {
        "proxy_location": "Disabled",
        "applications": [
            {
                "name": settings.endpoint_name,
                "import_path": "serve.app:build_app",
                # A changed argument makes Serve build again what failed before.
                "args": {"attempt": str(attempt)},
            }
        ],
    }


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
    with httpx.Client(
        base_url=f"http://{settings.bind_host}:{settings.ray_dashboard_port}",
        headers={"Authorization": f"Bearer {token_file(settings).read_text().strip()}"},
        timeout=REQUEST_TIMEOUT_S,
        trust_env=False,
    ) as http:
        deployer = Deployer(settings, http)
        watch(settings, deployer, stopped)
        try:
            deployer.remove()
        except httpx.HTTPError as error:
            log.warning("application_not_removed", error=type(error).__name__)


if __name__ == "__main__":
    main()
