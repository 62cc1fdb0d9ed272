"""Workbooks are opened in a process of their own, with little memory and little time, because anybody can craft one."""

import contextlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

from erp.sheets import refusals

ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SIGNATURES = (ZIP, OLE)
MOST_UNPACKED = 100 * 2**20
MOST_SECONDS = 20
REFUSALS = {"protected": refusals.Protected, "rows": refusals.TooManyRows, "wide": refusals.TooWide,
            "broken": refusals.BrokenWorkbook}  # fmt: skip


def rows(name: str, data: bytes) -> Sequence[Sequence[str]]:
    """The rows of the first visible sheet with content, as text."""
    if data.startswith(ZIP):
        _refuse_zip(name, data)
    if data.startswith(OLE) and ENCRYPTED in data:
        raise refusals.Protected
    command = [sys.executable, "-I", str(Path(__file__).with_name("opening.py"))]
    return _answer(command, data)


def _answer(command: Sequence[str], data: bytes) -> Sequence[Sequence[str]]:
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=MOST_SECONDS, check=False)
    except subprocess.TimeoutExpired as slow:
        raise refusals.UnpacksTooLarge from slow
    if done.returncode:
        raise refusals.UnpacksTooLarge
    answer = json.loads(done.stdout)
    if "refused" in answer:
        raise REFUSALS[answer["refused"]]
    found: list[list[str]] = answer["rows"]
    return found


def _refuse_zip(name: str, data: bytes) -> None:
    """Look at the directory of the archive before anything is unpacked."""
    with contextlib.suppress(zipfile.BadZipFile):
        entries = zipfile.ZipFile(io.BytesIO(data)).infolist()
        if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
            raise refusals.UnpacksTooLarge
        if not any(entry.filename.startswith("xl/workbook") for entry in entries):
            raise refusals.WrongType(name=name, what="an archive or another kind of document")
        return
    raise refusals.BrokenWorkbook
