"""`python -m api [--port N]`: one gateway process; any number may run beside each other."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence

from api.app import build_services, create_app
from api.server import build_server
from core.errors import ConfigurationError
from core.logs import configure_logs
from core.settings import load_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C; 0 after requests in flight were finished, 1 when the set-up is wrong."""
    parser = argparse.ArgumentParser(prog="python -m api", description=__doc__)
    parser.add_argument("--port", type=int, help="listen here instead of TIPLINE_API_PORT")
    port: int | None = parser.parse_args(arguments).port
    settings = load_settings("api")
    configure_logs("api", settings.log_level)
    try:
        services = build_services(settings, port=port or settings.api_port)
    except ConfigurationError as error:
        print(error.message, file=sys.stderr)
        return 1
    server = build_server(create_app(services), settings, port=port or settings.api_port)
    # uvicorn raises the signals again once it has shut down; by then we are done and end with 0.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    server.run()
    return 0 if server.started else 1


if __name__ == "__main__":
    sys.exit(main())
