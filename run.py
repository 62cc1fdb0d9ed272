#!/usr/bin/env python3
"""Countersign's two commands without make: `python3 run.py run` and `python3 run.py test`.

This file runs on any Python 3, finds one that is new enough, and leaves the work to the folder supervisor.
"""

import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
NEWER = ("python3.13", "python3.12", "python3.11")


def main() -> int:
    """Run one command on a Python that is new enough."""
    if os.name != "posix":
        print("Countersign runs on Linux and macOS; on Windows, use WSL.")
        return 1
    if sys.version_info[:2] < OLDEST:
        return run_on_a_newer_python()
    from supervisor.commands import command

    return command(sys.argv[1:])


def run_on_a_newer_python() -> int:
    """Replace this process by the same command on a newer Python of PATH, or say what is missing."""
    for name in NEWER:
        path = shutil.which(name)
        if path and subprocess.call([path, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            os.execv(path, [path] + sys.argv)
    print(f"Countersign needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
