"""The .qwc file as the Web Connector reads it when an application is added."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from lxml import etree

REQUIRED = ("AppName", "AppURL", "AppSupport", "AppDescription", "UserName", "OwnerID", "FileID", "QBType")
GUID = re.compile(r"\{[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}")
STYLES = ("Document", "DocWrapped", "RPC")
CHOICES = {
    "QBType": ("QBFS",),
    "Style": STYLES,
    "IsReadOnly": ("true", "false"),
    "Notify": ("true", "false"),
    "UnattendedModePref": ("umpRequired", "umpOptional"),
    "PersonalDataPref": ("pdpNotNeeded", "pdpOptional", "pdpRequired"),
}


class NotInstalled(Exception):
    """The Web Connector does not accept the application."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(f"{code}: {message}")


@dataclass(frozen=True)
class Application:
    """One application the Web Connector serves."""

    name: str
    url: str
    support: str
    user: str
    owner: str
    file: str
    style: str
    seconds: int


def application(text: str) -> Application:
    """The application described by a .qwc text; raises NotInstalled."""
    values, root = _values(text)
    for tag in REQUIRED:
        if not values.get(tag):
            raise NotInstalled("QBWC1005", f"The tag {tag} is missing or empty.")
    if "AppID" not in values:
        raise NotInstalled("QBWC1005", "The tag AppID is missing.")
    for tag, allowed in CHOICES.items():
        if tag in values and values[tag] not in allowed:
            raise NotInstalled("QBWC1006", f"{tag} is {values[tag]!r} instead of one of {', '.join(allowed)}.")
    for tag in ("OwnerID", "FileID"):
        if not GUID.fullmatch(values[tag]):
            raise NotInstalled("QBWC1007", f"{tag} is no GUID in braces.")
    _check_addresses(values["AppURL"], values["AppSupport"])
    return Application(
        values["AppName"], values["AppURL"], values["AppSupport"], values["UserName"], values["OwnerID"],
        values["FileID"], values.get("Style", "Document"), _seconds(root),
    )  # fmt: skip


def _values(text: str) -> tuple[dict[str, str], etree._Element]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotInstalled("QBWC1005", f"The file is not well-formed XML: {error}") from error
    if root.tag != "QBWCXML":
        raise NotInstalled("QBWC1005", "The root is not QBWCXML.")
    return {str(child.tag): (child.text or "").strip() for child in root if isinstance(child.tag, str)}, root


def _seconds(root: etree._Element) -> int:
    """The first scheduler tag wins."""
    for node in root.iterfind("Scheduler/*"):
        factor = {"RunEveryNMinutes": 60, "RunEveryNSeconds": 1}.get(str(node.tag), 0)
        if factor and (node.text or "").strip().isdecimal():
            return factor * int((node.text or "").strip())
    return 0


def _check_addresses(url: str, support: str) -> None:
    server, help_page = urlsplit(url), urlsplit(support)
    for address, code in ((server, "QBWC1001"), (help_page, "QBWC1002")):
        _check_host(address, code)
    if server.hostname != help_page.hostname:
        raise NotInstalled("QBWC1000", "AppURL and AppSupport have different hosts.")
    if server.scheme == "http" and "." in (server.hostname or ""):
        raise NotInstalled("QBWC1010", "AppURL has to use https, except on this machine or on the local network.")


def _check_host(address: SplitResult, code: str) -> None:
    if address.scheme not in ("http", "https") or not address.hostname:
        raise NotInstalled(code, f"{address.geturl()!r} is no web address.")
    try:
        ipaddress.ip_address(address.hostname)
    except ValueError:
        return
    raise NotInstalled(code, "The host is an IP address; a name is needed.")
