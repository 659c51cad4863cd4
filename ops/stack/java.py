"""The Java runtime: where it is, which version, and the options every JVM of ours needs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from core.errors import ConfigurationError

SUPPORTED = (17, 21)
INSTALL = "apt-get install -y openjdk-17-jre-headless"
SYSTEM_TRUST_STORE = Path("/etc/ssl/certs/java/cacerts")


def java() -> str:
    """Return the path of a Java 17 or 21; ConfigurationError with the command that installs one."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")
    if found is None:
        raise ConfigurationError(f"Java is missing; install it with `{INSTALL}`.")
    version = java_version(found)
    if version not in SUPPORTED:
        raise ConfigurationError(
            f"Java {version} is not one that Spark runs on (17 or 21); install it with `{INSTALL}`."
        )
    return found


def java_version(path: str) -> int:
    """Return the feature version, such as 17, that a Java binary reports; 0 when it reports none."""
    text = subprocess.run([path, "-version"], capture_output=True, text=True, check=False).stderr
    match = re.search(r'version "(\d+)', text)
    return int(match[1]) if match else 0


def trust_options() -> tuple[str, ...]:
    """Trust what the system trusts: behind a TLS-inspecting proxy a JRE's own store knows too little."""
    return (f"-Djavax.net.ssl.trustStore={SYSTEM_TRUST_STORE}",) if SYSTEM_TRUST_STORE.exists() else ()
