"""Smallest files of each type that may be attached."""

import io
import zipfile

from erp.documents.file_types import OLE


def office(folder: str, main: str) -> bytes:
    """A file of the newer Office programs."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in ("[Content_Types].xml", f"{folder}/{main}"):
            archive.writestr(name, "<x/>")
    return made.getvalue()


def older(stream: str) -> bytes:
    """A file of the older Office programs."""
    return OLE + b"\x00" * 600 + stream.encode("utf-16-le") + b"\x00" * 60


PDF = b"%PDF-1.7\n1 0 obj\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00"
ZIP = office("other", "file.html")
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
GOOD = {
    "pdf": PDF, "png": PNG, "jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "jpeg": b"\xff\xd8\xff\xe1\x00\x10Exif", "gif": b"GIF89a\x01\x00",
    "txt": "Façade 1½″ 橋\r\n".encode(), "csv": b"Code;Amount\n03-3000;5\n", "xlsx": office("xl", "workbook.xml"),
    "xls": older("Workbook"), "docx": office("word", "document.xml"), "doc": older("WordDocument"),
    "eml": b"From: pam@x.test\r\nSubject: Pier 9\r\n\r\nHello", "msg": older("__substg1.0_0037001F"), "dwg": b"AC1032\x00\x00",
}  # fmt: skip
