"""The .qwc file that adds Countersign to a Web Connector. Pure."""

from xml.sax.saxutils import escape

from erp.connectors.quickbooks.facts import OWNER_ID

APP = "Countersign"


def qwc(*, base_url: str, username: str, file_id: str, name: str, minutes: int = 5) -> str:
    """The text of the file; the password never stands in it."""
    rows = {
        "AppName": APP, "AppID": "", "AppURL": f"{base_url}/qbwc", "AppDescription": f"{APP}: {name}"[:80],
        "AppSupport": f"{base_url}/qbwc/support", "UserName": username, "OwnerID": OWNER_ID, "FileID": file_id,
        "QBType": "QBFS", "Style": "Document", "AppUniqueName": f"{APP} {username}", "IsReadOnly": "false",
    }  # fmt: skip
    inside = "".join(f"<{tag}>{escape(text)}</{tag}>" for tag, text in rows.items())
    schedule = f"<Scheduler><RunEveryNMinutes>{minutes}</RunEveryNMinutes></Scheduler>"
    return f'<?xml version="1.0"?>\r\n<QBWCXML>{inside}{schedule}</QBWCXML>\r\n'
