"""Which summarizer the endpoint serves: the versions that were deployed, in a file, so that each can be taken back."""

from __future__ import annotations

import json
from pathlib import Path

from core.errors import BadInput
from core.settings import Settings

# What is in the directory of a summarizer: the ranking of the extractive one, or a transformers model.
RANKING, SEQ2SEQ = "ranking.json", "config.json"


def version_name(directory: Path | None) -> str:
    """Return what a version is called."""
    return "the packaged summarizer" if directory is None else str(directory)


class ModelVersions:
    """Directories in the order they were deployed; the last is current, before the first it is the configured one."""

    def __init__(self, settings: Settings) -> None:
        self._file = settings.data_dir / "serving" / "summarizers.json"
        self._configured = settings.summarizer_model_path

    @property
    def current(self) -> Path | None:
        """The directory to serve from, None for what the product comes with."""
        deployed = self._read()
        return Path(deployed[-1]) if deployed else self._configured

    def deploy(self, directory: Path) -> None:
        """Make a directory current; BadInput when there is no model in it."""
        if not any((directory / name).is_file() for name in (RANKING, SEQ2SEQ)):
            raise BadInput(f"{directory} has neither {RANKING} nor {SEQ2SEQ}: it is no summarizer", code="no_model")
        self._write([*self._read(), str(directory.absolute())])

    def rollback(self) -> None:
        """Make the one before current again; BadInput when nothing was deployed."""
        deployed = self._read()
        if not deployed:
            raise BadInput("nothing was deployed that could be rolled back", code="no_deployment")
        self._write(deployed[:-1])

    def _read(self) -> list[str]:
        deployed: list[str] = json.loads(self._file.read_text()) if self._file.exists() else []
        return deployed

    def _write(self, deployed: list[str]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._file.with_suffix(".new")
        temporary.write_text(json.dumps(deployed, indent=1))
        temporary.replace(self._file)
