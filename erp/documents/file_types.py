"""Which files may stand beside a document, and whether what is inside a file is what its name says."""

import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import NamedTuple

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How files of the older Office programs begin."""
_BINARY = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
_OTHER = re.compile(r"\s*(%PDF-|GIF8[79]a|AC10\d\d|<(!doctype|\?xml|html|head|body|svg|script|iframe)\b)", re.IGNORECASE)
_HEADER = re.compile(r"(From .*\r?\n)?[!-9;-~]+:[ \t]?\S")


class FileType(NamedTuple):
    """What a kind of file is called, the content type it is served with, and how its content is recognised."""

    words: str
    served_as: str
    is_inside: Callable[[bytes], bool]


def _begins(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda data: data.startswith(marks)


def _office(folder: str) -> Callable[[bytes], bool]:
    """A zip of the newer Office programs with this folder."""
    return lambda data: any(name.startswith(folder) for name in _zipped(data))


def _zipped(data: bytes) -> list[str]:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):  # no zip, or one of a kind that nobody reads here
        return []
    return names if "[Content_Types].xml" in names else []


def _older(*streams: str) -> Callable[[bytes], bool]:
    """A file of the older Office programs that has one of these streams."""
    wanted = [stream.encode("utf-16-le") for stream in streams]
    return lambda data: data.startswith(OLE) and any(name in data for name in wanted)


def _decoded(data: bytes) -> str:
    """The text of a file; what is no text comes out with control characters in it."""
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "latin-1"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return "\0"


def _text(data: bytes) -> bool:
    found = _decoded(data)
    return not _BINARY.search(found) and not _OTHER.match(found)


def _message(data: bytes) -> bool:
    return _text(data) and bool(_HEADER.match(_decoded(data).lstrip()))


_ANY = "application/octet-stream"
_XML = "application/vnd.openxmlformats-officedocument."
_JPEG = FileType("JPEG picture", "image/jpeg", _begins(b"\xff\xd8\xff"))
TYPES = {
    "pdf": FileType("PDF file", "application/pdf", lambda data: data.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"%PDF-")),
    "png": FileType("PNG picture", "image/png", _begins(b"\x89PNG\r\n\x1a\n")),
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "gif": FileType("GIF picture", "image/gif", _begins(b"GIF87a", b"GIF89a")),
    "txt": FileType("plain text", "text/plain; charset=utf-8", _text),
    "csv": FileType("table as text", _ANY, _text),
    "xlsx": FileType("Excel workbook", _XML + "spreadsheetml.sheet", _office("xl/")),
    "xls": FileType("Excel workbook", "application/vnd.ms-excel", _older("Workbook", "Book")),
    "docx": FileType("Word document", _XML + "wordprocessingml.document", _office("word/")),
    "doc": FileType("Word document", "application/msword", _older("WordDocument")),
    "eml": FileType("mail", _ANY, _message),
    "msg": FileType("Outlook mail", _ANY, _older("__properties_version1.0", "__substg1.0_")),
    "dwg": FileType("AutoCAD drawing", _ANY, lambda data: re.match(rb"AC10\d\d", data) is not None),
}
"""Each extension that may be attached."""


def type_of(name: str) -> FileType | None:
    """The type a name promises; None when it may not be attached."""
    stem, dot, extension = name.rpartition(".")
    return TYPES.get(extension.lower()) if stem and dot else None


def why_not(name: str, data: bytes) -> str:
    """The sentence against a file, or nothing."""
    promised = type_of(name)
    if promised is None:
        return f"{name} cannot be attached. Allowed are {', '.join(TYPES)}."
    if not data:
        return f"{name} is empty. Choose another file."
    if promised.is_inside(data):
        return ""
    return f"{name} does not hold what its name says: it is no {promised.words}. Save it anew in that format and try again."
