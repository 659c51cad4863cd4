"""Where an installed package keeps its files, found without importing it: some packages do work when imported."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from core.errors import ConfigurationError


def package_folder(package: str) -> Path:
    """Return the folder of an installed package; ConfigurationError when it is not installed."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ConfigurationError(f"the package {package} is missing; run `make setup`.")
    return Path(spec.origin).parent
