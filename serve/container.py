"""`python -m serve.container serve`: the models as Amazon SageMaker runs a container, in one process and without Ray.

SageMaker unpacks `model.tar.gz` into /opt/ml/model: `registry.jsonl`, the clients to look for, without which there are
no `enrich` and `entity-resolver`, and `summarizer/`, a ranking or a sequence-to-sequence model, if there is one. It
asks `/ping` until that is 200, sends bodies to `/invocations`, asks `/execution-parameters` before a batch transform,
and ends the container with SIGTERM, which lets requests under way finish.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from core.errors import TiplineError
from core.logs import configure_logs, get_logger
from core.settings import ENV_PREFIX, Settings, load_settings
from models.embedder import Embedder
from serve.archive import ArchiveModels, files_of
from serve.ingress import Container, Limits, create_app
from serve.listener import Listener
from serve.loading import embedder_of
from serve.multi_model import Loaded, MultiModel

MEBIBYTE = 1024 * 1024
BATCH_PAYLOAD_LIMIT_MB = 100
# In a container the only way in is the port that the container publishes.
EVERY_INTERFACE = "0.0.0.0"  # noqa: S104
log = get_logger(__name__)


def container_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings that SageMaker's variables and layout imply; a `TIPLINE_` variable wins over them."""
    model = Path(environment.get("SAGEMAKER_BASE_DIR", "/opt/ml")) / "model"
    batch = environment.get("SAGEMAKER_BATCH", "").lower() == "true"
    payload_mb = environment.get("SAGEMAKER_MAX_PAYLOAD_IN_MB", BATCH_PAYLOAD_LIMIT_MB if batch else None)
    timeout_s = environment.get("SAGEMAKER_MODEL_SERVER_TIMEOUT")
    implied: dict[str, Any] = {
        "bind_host": EVERY_INTERFACE,
        "endpoint_port": environment.get("SAGEMAKER_BIND_TO_PORT", 8080),
        "endpoint_body_limit_bytes": int(payload_mb) * MEBIBYTE if payload_mb else None,
        "endpoint_timeout_s": timeout_s,
        **files_of(model),
    }
    given = {name for name in implied if ENV_PREFIX + name.upper() in environment}
    return load_settings(**{name: value for name, value in implied.items() if value is not None and name not in given})


def models_root(environment: Mapping[str, str]) -> Path | None:
    """Return where archives of a multi-model endpoint are unpacked, None where the container has one model."""
    multi = environment.get("SAGEMAKER_MULTI_MODEL", "").lower() == "true"
    return Path(environment.get("SAGEMAKER_BASE_DIR", "/opt/ml")) / "models" if multi else None


def run(settings: Settings, root: Path | None, stopped: threading.Event) -> None:
    """Serve one model, or with a root those that are loaded from it, until `stopped`; then finish what is under way."""
    models = ArchiveModels()
    ready = threading.Event()
    container = _container(settings, (lambda: models.ready) if root is None else ready.is_set, models)
    app = create_app(container)
    listener = Listener(app, settings)
    listener.start()
    multi: MultiModel | None = None
    try:
        embedder = embedder_of(settings)
        if root is None:
            models.load(settings, embedder)
        else:
            multi = MultiModel(root, lambda url, directory: loaded(settings, embedder, url, directory))
            multi.add_routes(app)
            ready.set()
        stopped.wait()
    finally:
        listener.stop()
        models.close()
        if multi is not None:
            multi.close()


def loaded(settings: Settings, embedder: Embedder, url: str, directory: Path) -> Loaded:
    """Load one archive of a multi-model endpoint; ConfigurationError when the target it should serve has no files."""
    models = ArchiveModels()
    models.load(settings.model_copy(update=files_of(directory)), embedder)
    return Loaded(url, _container(settings, lambda: models.ready, models), models)


def _container(settings: Settings, ready: Callable[[], bool], models: ArchiveModels) -> Container:
    return Container(ready, models.invoke, Limits.of(settings), default_target=settings.container_target)


def main() -> None:
    """Serve until SIGTERM; exit 1 for another argument than `serve`, or when the models cannot be loaded."""
    if sys.argv[1:] != ["serve"]:
        sys.exit("usage: python -m serve.container serve")
    settings = container_settings(os.environ)
    configure_logs("container", settings.log_level)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    try:
        run(settings, models_root(os.environ), stopped)
    except TiplineError as error:
        # SageMaker says only that the health check failed: the reason has to be in the log.
        log.error("models_not_loaded", reason=error.message)
        sys.exit(1)


if __name__ == "__main__":
    main()
