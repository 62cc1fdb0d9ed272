"""Where a session may be made to fail, and how."""

from __future__ import annotations

from collections.abc import Callable

STAGES = ("before_authenticate", "after_authenticate", "request_received", "executed", "delivered", "before_close")

Fault = Callable[[str], "str | None"]
"""Called with a stage; may raise ConnectorDied, or after `executed` return `hresult:0x…`, `truncate`, `duplicate`, `late`."""


class ConnectorDied(Exception):
    """The Web Connector vanishes at this point: no more calls in this session."""


def no_fault(stage: str) -> None:
    """Everything goes well."""
