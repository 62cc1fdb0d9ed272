"""Debian's packages, where we are root and have apt-get."""

import functools
import os
import shutil
import subprocess

from supervisor.children import say


def install(*packages: str) -> bool:
    """Install packages; False where that is not ours to do, or fails."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    say(f"Installing {', '.join(packages)} with apt-get, once …")
    return _update() and _apt("install", "--yes", "--no-install-recommends", *packages)


@functools.cache
def _update() -> bool:
    return _apt("update")


def _apt(*arguments: str) -> bool:
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(["apt-get", "--quiet", "--quiet", *arguments], env=env, capture_output=True, text=True)
    if done.returncode:
        say(f"apt-get {arguments[0]} failed: {done.stderr.strip()[-400:]}")
    return done.returncode == 0
