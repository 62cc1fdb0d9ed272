"""Files of the browser: the hash stands in the address, so they are kept for a year and never old; sent packed."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, request
from werkzeug.security import safe_join

from erp.web.access import needs

YEAR = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"


@dataclass(frozen=True)
class Asset:
    """One file as it is, packed, and the hash that names this version of it."""

    body: bytes
    packed: bytes
    version: str
    type: str


def install(app: Flask) -> None:
    """Serve the static folder, and put the version into every address of it."""
    folder = str(app.static_folder)
    app.view_functions["static"] = needs("public")(lambda filename: _send(_found(folder, filename) or abort(404)))
    app.url_defaults(lambda endpoint, values: _name(folder, values) if endpoint == "static" else None)


def _name(folder: str, values: dict[str, Any]) -> None:
    asset = _found(folder, values.get("filename", ""))
    if asset:
        values.setdefault("v", asset.version)


def _found(folder: str, filename: str) -> Asset | None:
    path = safe_join(folder, filename)
    return _asset(path, Path(path).stat().st_mtime_ns) if path and Path(path).is_file() else None


@cache
def _asset(path: str, changed: int) -> Asset:
    body = Path(path).read_bytes()
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    return Asset(body, gzip.compress(body, 9, mtime=0), hashlib.sha256(body).hexdigest()[:12], kind)


def _send(asset: Asset) -> Response:
    packed = request.accept_encodings["gzip"] > 0 and len(asset.packed) < len(asset.body)
    response = Response(asset.packed if packed else asset.body, content_type=asset.type)
    if asset.type.startswith("text/") or asset.type.endswith(("javascript", "xml")):
        response.content_type = f"{asset.type}; charset=utf-8"
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = YEAR if request.args.get("v") == asset.version else ASK_AGAIN
    response.set_etag(f"{asset.version}{'-gz' if packed else ''}")
    response.make_conditional(request)
    return response
