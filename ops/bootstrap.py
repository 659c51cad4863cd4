"""Get uv into a private place, with nothing but the Python that runs this: `python3 ops/bootstrap.py FOLDER`.

Plain enough for any Python 3, since the right one is what uv is for.
"""

from __future__ import annotations

import os
import subprocess
import sys

UV = "uv==0.13.9"
HELP = "Python can make no virtual environment and has no pip; run `apt-get install -y python3-venv python3-pip` first."


def main() -> None:
    """Install uv as FOLDER/bin/uv."""
    folder = os.path.abspath(sys.argv[1])
    for attempt in (in_environment, in_folder):
        if attempt(folder) and os.path.exists(os.path.join(folder, "bin", "uv")):
            return
    sys.exit(HELP)


def in_environment(folder: str) -> bool:
    """Try a virtual environment, the clean way; Debian's Python may lack the means."""
    if run(sys.executable, "-m", "venv", "--clear", folder) != 0:
        return False
    return run(os.path.join(folder, "bin", "python"), "-m", "pip", "install", "-q", UV) == 0


def in_folder(folder: str) -> bool:
    """Try the pip at hand with the folder as its target."""
    return run(sys.executable, "-m", "pip", "install", "-q", "--target", folder, UV) == 0


def run(*command: str) -> int:
    """Run a command quietly and return its exit status; its words are shown when it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        sys.stderr.write(done.stdout)
    return done.returncode


if __name__ == "__main__":
    main()
