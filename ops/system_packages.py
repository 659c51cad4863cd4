"""What only the system's package manager can bring: Java, and for the tests a browser; `python -m ... java|browser`.

As root it is installed with apt; otherwise the one command to type is printed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from core.errors import ConfigurationError
from ops.stack.java import java

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# Newer Debians bring 21 instead of 17; Spark runs on both.
JAVA_PACKAGES = ("openjdk-17-jre-headless", "openjdk-21-jre-headless")


def ensure_java() -> None:
    """Return once a Java that Spark runs on is there; ConfigurationError with the command otherwise."""
    try:
        java()
    except ConfigurationError:
        _install(JAVA_PACKAGES)
        java()


def ensure_browser() -> None:
    """Return once a Chromium is there; ConfigurationError with the command otherwise."""
    if not any(map(shutil.which, BROWSERS)):
        _install(("chromium",))


def _install(alternatives: tuple[str, ...]) -> None:
    command = ["apt-get", "install", "-y", "--no-install-recommends"]
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise ConfigurationError(f"{alternatives[0]} is missing; run `sudo {' '.join([*command, alternatives[0]])}`.")
    # Slim images have no manual folder, and Java's package fails without it.
    Path("/usr/share/man/man1").mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-q"], check=False, env=environment)
    for package in alternatives:
        print(f"installing {package}", flush=True)
        if subprocess.run([*command, package], check=False, env=environment).returncode == 0:
            return
    raise ConfigurationError(f"apt could install none of {', '.join(alternatives)}; install one by hand.")


def main() -> None:
    """Install what the argument names; exit with one sentence where it fails."""
    wanted = {"java": ensure_java, "browser": ensure_browser}
    try:
        wanted[sys.argv[1]]()
    except ConfigurationError as error:
        raise SystemExit(error.message) from error


if __name__ == "__main__":
    main()
