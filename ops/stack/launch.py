"""Replace this process by a server that dies with its parent: `launch.py PARENT_PID SIGNAL UID GID ARGV...`.

A tiny program of its own, because the death signal must be set after the change of user and before exec, and running
Python between fork and exec of a threaded parent can deadlock. UID and GID are `-` to stay who we are.
"""

from __future__ import annotations

import ctypes
import os
import resource
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Drop to the user, bind our life to the parent's, lift the open-files limit, and become the server."""
    parent, death_signal, uid, gid, *argv = sys.argv[1:]
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    if uid != "-":
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))
    # The kernel forgets the death signal when the user changes, so it comes after.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(death_signal))
    if os.getppid() != int(parent):
        sys.exit("the parent died before its child could start")
    os.execvp(argv[0], argv)  # noqa: S606 - becoming the given server is the whole purpose


if __name__ == "__main__":
    main()
