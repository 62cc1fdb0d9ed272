"""How QuickBooks says no: HRESULTs for a whole message set, status codes for one request."""

from __future__ import annotations

MORE = "QuickBooks error message: "
NO_RECORD = f"{MORE}Invalid argument. The specified record does not exist in the list."

HRESULTS = {
    "0x80040400": "QuickBooks found an error when parsing the provided XML text stream.",
    "0x80040401": "Could not access QuickBooks.",
    "0x80040402": "Unexpected error. Check the qbsdklog.txt file for possible, additional information.",
    "0x80040408": "Could not start QuickBooks.",
    "0x8004040A": "A QuickBooks company data file is already open and it is different from the one requested.",
    "0x8004040D": "The ticket parameter is invalid.",
    "0x80040410": "The QuickBooks company data file is open in a mode other than the one requested.",
    "0x80040414": "A modal dialog box is showing in the QuickBooks user interface and has to be closed first.",
    "0x80040416": "QuickBooks is not running, so the name of a company data file is needed.",
    "0x8004041A": "This application has no permission to access this QuickBooks company data file.",
    "0x8004041C": "An internal QuickBooks error occurred while accessing the company data file.",
    "0x80040420": "The QuickBooks user has denied access.",
    "0x80040422": "This application needs the company data file in single user mode.",
}


class HResult(Exception):
    """QuickBooks refuses or loses the whole message set with a COM error."""

    def __init__(self, code: str, message: str | None = None) -> None:
        self.code = code
        self.message = HRESULTS.get(code, "Unknown error.") if message is None else message
        super().__init__(f"{self.code}: {self.message}")


class NotUnderstood(HResult):
    """The text is no qbXML QuickBooks would read; `why` is known here, QuickBooks never tells it."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__("0x80040400")


class Refusal(Exception):
    """One request is answered with a status code and a sentence."""

    code = 3210

    def __init__(self, message: str, code: int | None = None) -> None:
        self.code = code or type(self).code
        self.message = message
        super().__init__(f"{self.code}: {message}")


class Unsupported(Refusal):
    """The request is real qbXML, but this simulation does not play it."""

    code = 1030

    def __init__(self, what: str) -> None:
        super().__init__(f"This request is not supported by this implementation: the simulation has no {what}.")


class RequestIdTooLong(Refusal):
    """A requestID has more than 50 characters."""

    code = 1060

    def __init__(self, request_id: str) -> None:
        super().__init__(f'The request ID "{request_id}" is invalid, possibly too long. (The maximum is 50 characters.)')


class BadValue(Refusal):
    """A text does not convert into the type of its field."""

    def __init__(self, code: int, noun: str, text: str, field: str) -> None:
        super().__init__(f'There was an error when converting the {noun} "{text}" in the field "{field}".', code)


class TooLong(Refusal):
    """A text has more characters than its field holds."""

    code = 3070

    def __init__(self, field: str, text: str, most: int) -> None:
        super().__init__(f'The string "{text[:60]}" in the field "{field}" is too long. The maximum length is {most}.')


class BadName(Refusal):
    """A list name is empty or has a colon."""

    code = 3090

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f'There was an error when storing "{name}" in the "Name" field. {MORE}{why}')


class NameInUse(Refusal):
    """Another list element has this name."""

    code = 3100

    def __init__(self, name: str) -> None:
        super().__init__(f'The name "{name}" of the list element is already in use.')


class NotFound(Refusal):
    """No object has this ListID or TxnID."""

    code = 3120

    def __init__(self, identity: str) -> None:
        super().__init__(f'Object "{identity}" specified in the request cannot be found. {NO_RECORD}')


class BadParent(Refusal):
    """The parent is not there, or cannot be one."""

    code = 3130

    def __init__(self, name: str, kind: str) -> None:
        super().__init__(f'There is an invalid reference to the parent "{name}" in the {kind} list. {NO_RECORD}')


class BadReference(Refusal):
    """A reference names nothing that could be used here."""

    code = 3140

    def __init__(self, kind: str, name: str, where: str, why: str = NO_RECORD) -> None:
        super().__init__(f'There is an invalid reference to QuickBooks {kind} "{name}" in the {where}. {why}')


class InUse(Refusal):
    """An object that others depend on cannot be deleted."""

    code = 3160

    def __init__(self, identity: str, why: str) -> None:
        super().__init__(f'Cannot delete the object specified by the id = "{identity}". {MORE}{why}')


class ClosedPeriod(Refusal):
    """The date lies in a period the bookkeeper has closed."""

    code = 3171

    def __init__(self, date: str, closing: str) -> None:
        super().__init__(f"An attempt was made to modify a transaction dated {date}; the books are closed through {closing}.")


class Stale(Refusal):
    """The EditSequence is not the current one."""

    code = 3200

    def __init__(self, sequence: str) -> None:
        super().__init__(f'The provided edit sequence "{sequence}" is out-of-date.')


class FeatureOff(Refusal):
    """A preference is switched off."""

    code = 3250

    def __init__(self, feature: str) -> None:
        super().__init__(f"This feature is not enabled or not available in this version of QuickBooks: {feature}.")


class NoPermission(Refusal):
    """The user the application runs as may not change anything."""

    code = 3260

    def __init__(self) -> None:
        super().__init__("Insufficient permission level to perform this action.")


class NoAccount(Refusal):
    """An item lacks a posting account."""

    code = 3270

    def __init__(self, field: str) -> None:
        super().__init__(f'Missing posting account: the field "{field}" is needed.')


class NotProcessed(Refusal):
    """An earlier request of the set failed."""

    code = 3231

    def __init__(self) -> None:
        super().__init__("The request has not been processed.")
