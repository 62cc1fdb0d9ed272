"""Files laid into a folder for another program: under its final name a file is complete, or it is not there at all.

Each is written beside, read again, and linked into place: a link fails where something is already, a rename would replace it.
"""

import contextlib
import errno
import hashlib
import os
import secrets
from pathlib import Path

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class NotLaid(Exception):
    """A file could not be laid down; the words give cause and cure, and nothing stands under its name that was not there."""


class Conflict(NotLaid):
    """Something else stands under the name already; it was left as it is."""


def lay(folder: Path, name: str, body: bytes) -> None:
    """Have `name` in the folder with these bytes; what an interruption left is cleared, and what is there already is kept.

    Raises Conflict and NotLaid.
    """
    try:
        _sweep(folder, name)
        if not _is_there(folder / name, body):
            _put(folder, name, body)
        on_disk(folder)
    except OSError as fault:
        raise NotLaid(_sentence(name, "laid into", fault)) from fault


def why_not_laid(folder: Path) -> str:
    """Why nothing can be laid into the folder, as the system says it; it is tried with a file that is taken away again."""
    name = f".countersign.{secrets.token_hex(4)}.try"
    try:
        _put(folder, name, b"try")
        os.unlink(folder / name)
    except OSError as fault:
        return _why(fault)
    except NotLaid as fault:
        return str(fault)
    return ""


def withdraw(folder: Path, name: str, sha256: str) -> None:
    """Take `name` out of the folder if it is still ours; what is not there, or has other bytes, is left. Raises NotLaid."""
    try:
        _sweep(folder, name)
        if hash_of(folder / name) == sha256:
            os.unlink(folder / name)
            on_disk(folder)
    except OSError as fault:
        raise NotLaid(_sentence(name, "taken out of", fault)) from fault


def hash_of(path: Path) -> str:
    """The SHA-256 of the file; empty when it is not there."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""


def _sweep(folder: Path, name: str) -> None:
    """Take away what interrupted writers left; one that still writes finds its file gone and tries again later."""
    for left in folder.glob(f".{name}.*.tmp"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(left)


def _is_there(final: Path, body: bytes) -> bool:
    found = hash_of(final)
    if found and found != hashlib.sha256(body).hexdigest():
        raise Conflict(f"Another {final.name} lies in the drop folder already, with other content. It was left as it is. Find "
                       "out whose it is, move it away, and the file is laid there by itself.")  # fmt: skip
    return bool(found)


def _put(folder: Path, name: str, body: bytes) -> None:
    beside = folder / f".{name}.{secrets.token_hex(4)}.tmp"
    try:
        _write(beside, body)
        _link(beside, folder / name, body)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(beside)


def _write(beside: Path, body: bytes) -> None:
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        rest = memoryview(body)
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    finally:
        os.close(handle)
    if beside.read_bytes() != body:
        raise NotLaid(f"{beside.name} reads otherwise than it was written. The disk of the drop folder is not to be trusted.")


def _link(beside: Path, final: Path, body: bytes) -> None:
    try:
        os.link(beside, final)
    except FileExistsError:
        _is_there(final, body)


def on_disk(path: Path) -> None:
    """A file, or the names in a folder, survive a power cut from now on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sentence(name: str, done: str, fault: OSError) -> str:
    cure = "Make room there" if fault.errno in NO_ROOM else "Put that right on the server"
    return f"{name} could not be {done} the drop folder: {_why(fault)}. {cure}; it is tried again by itself."


def _why(fault: OSError) -> str:
    return "its disk is full" if fault.errno in NO_ROOM else (fault.strerror or "the system refuses").lower()
