"""TLS of our own servers, as the settings say; files are named here and opened by those who serve."""

from __future__ import annotations

from typing import Any

from core.errors import ConfigurationError
from core.settings import Settings


def server_files(settings: Settings) -> dict[str, Any]:
    """Return uvicorn's options for a server with our certificate; none for plain HTTP.

    ConfigurationError when only one of certificate and key is set: half a set-up must not become plain HTTP.
    """
    if (settings.tls_cert is None) != (settings.tls_key is None):
        raise ConfigurationError("TIPLINE_TLS_CERT and TIPLINE_TLS_KEY are set together or not at all.")
    if settings.tls_cert is None:
        return {}
    return {"ssl_certfile": str(settings.tls_cert), "ssl_keyfile": str(settings.tls_key)}
