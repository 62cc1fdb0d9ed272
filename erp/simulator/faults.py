"""Where a session may be made to fail, and how."""

from __future__ import annotations

import re
from collections.abc import Callable

STAGES = ("before_authenticate", "after_authenticate", "request_received", "executed", "delivered", "before_close")

Fault = Callable[[str], "str | None"]
"""Called with a stage; may raise ConnectorDied, or after `executed` return `hresult:0x…`, `truncate`, `emptied`, `swapped`,
`beside`, `unnamed`, `duplicate`, `late`."""


class ConnectorDied(Exception):
    """The Web Connector vanishes at this point: no more calls in this session."""


def no_fault(stage: str) -> None:
    """Everything goes well."""


def twisted(twist: str, response: str, earlier: str) -> str:
    """The answer as it arrives: cut short, with nothing in it (a query's: OK and no object), the `earlier` one in its place, or
    with that one behind it."""
    inner = "".join(re.findall(r"<QBXMLMsgsRs[^>]*>(.*)</QBXMLMsgsRs>", earlier, re.DOTALL))
    if twist == "truncate":
        return response[: len(response) // 2]
    if twist == "emptied":
        within = "QBXMLMsgsRs" if "QueryRs" not in response else r"\w+QueryRs"
        return re.sub(rf"(<{within}\b[^>]*>).*(?=</{within}>)", r"\1", response, flags=re.DOTALL)
    if twist == "swapped" and inner:
        return earlier
    if twist == "unnamed":
        inner = re.sub(r' requestID="[^"]*"', "", inner)
    if twist in ("beside", "unnamed"):
        return response.replace("</QBXMLMsgsRs>", f"{inner}</QBXMLMsgsRs>")
    return response
