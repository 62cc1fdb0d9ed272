"""What QuickBooks says, sorted: try later, unknown, or refused; and each refusal with its cause and its cure."""

from erp.connector import Refusal

EMPTY = {"1", "500", "3120", "3140"}
"""Not there: no match, an unknown name, an unknown id, or a job to look under that is gone itself."""
FEATURE_OFF = "3250"
"""What belongs to a feature that this company file does not have: there is none of it, and asking again changes nothing."""
LATER = {"1010", "3170", "3175", "3176"}
BURNED = {"9001", "9002", "9003", "9005"}
STALE = "3200"

REFUSED: dict[str, Refusal] = {
    "570": Refusal("The transaction it belongs to is closed.", "Reopen it in QuickBooks, then Retry; or Reject."),
    "1030": Refusal("This QuickBooks does not know the message.", "Tell the administrator; then Reject."),
    "1060": Refusal("The message was too long.", "Tell the administrator; then Reject."),
    "3000": Refusal("An id was not in QuickBooks' form.", "Refresh the lists, choose again and Retry."),
    "3010": Refusal("A yes/no value was not understood.", "Tell the administrator; then Reject."),
    "3020": Refusal("A date was not understood.", "Choose another accounting date and Retry."),
    "3030": Refusal("A range of dates was not understood.", "Tell the administrator; then Reject."),
    "3040": Refusal("An amount was not understood.", "Reject; the sender corrects the amount and sends again."),
    "3045": Refusal("A price was not understood.", "Reject; the sender corrects it and sends again."),
    "3050": Refusal("A percentage was not understood.", "Reject; the sender corrects it and sends again."),
    "3060": Refusal("A quantity was not understood.", "Reject; the sender corrects it and sends again."),
    "3065": Refusal("An identifier was not understood.", "Tell the administrator; then Reject."),
    "3070": Refusal("A text is too long for its field.", "Reject; the sender shortens it and sends again."),
    "3080": Refusal("A value was not understood.", "Reject; the sender corrects it and sends again."),
    "3085": Refusal("A number was not understood.", "Reject; the sender corrects it and sends again."),
    "3090": Refusal("The name has a character that QuickBooks does not take, such as a colon.",
                    "Reject; the sender changes the name and sends again."),
    "3100": Refusal("Another entry of QuickBooks has this name already; customers, vendors and employees share one list "
                    "of names.", "Rename the other entry in QuickBooks and press Retry, or Reject so that it gets another "
                    "name here."),
    "3110": Refusal("A value is none of those QuickBooks knows.", "Tell the administrator; then Reject."),
    "3130": Refusal("The entry above it (the customer or the division) is not in QuickBooks any more.",
                    "Refresh the lists, choose another one and Retry."),
    "3140": Refusal("Something it refers to is missing or inactive in QuickBooks.",
                    "Put it back or make it active in QuickBooks and press Retry; or refresh the lists and choose again."),
    "3150": Refusal("QuickBooks misses a field.", "Tell the administrator; then Reject."),
    "3160": Refusal("QuickBooks cannot delete it.", "Look at it in QuickBooks."),
    "3161": Refusal("The period is closed or condensed.", "Choose a date in an open period and Retry."),
    "3171": Refusal("The accounting date lies in a closed period.", "Choose a later accounting date and press Retry, or "
                    "ask accounting to reopen the period."),
    "3180": Refusal("QuickBooks could not save it.", "Read its words above, put it right and press Retry."),
    "3200": Refusal("Somebody changed it in QuickBooks at the same moment.", "Press Retry."),
    "3210": Refusal("QuickBooks did not accept the values together.", "Read its words above, put it right and Retry."),
    "3230": Refusal("An earlier request of the same message failed.", "Press Retry."),
    "3231": Refusal("An earlier request of the same message failed.", "Press Retry."),
    "3250": Refusal("A feature it needs is switched off in this company file.",
                    "Switch it on in QuickBooks (for budgets: Edit, Preferences, Jobs & Estimates, Company Preferences, "
                    "“Do you create estimates?” Yes) and press Retry."),
    "3260": Refusal("Countersign may not do this in the company file.",
                    "In QuickBooks: Edit, Preferences, Integrated Applications: allow Countersign; then Retry."),
    "3261": Refusal("Countersign may not do this in the company file.",
                    "In QuickBooks: Edit, Preferences, Integrated Applications: allow Countersign; then Retry."),
    "3270": Refusal("An account is missing.", "Choose other accounts and Retry."),
    "3300": Refusal("Something it refers to has a problem in QuickBooks.", "Look at it there, then Retry."),
    "9004": Refusal("The message's id was too long.", "Tell the administrator; then Reject."),
}  # fmt: skip

OURS: dict[str, Refusal] = {
    "0x80040400": Refusal("QuickBooks could not read the message; nothing was written.",
                          "Look for unusual characters in it; Reject so that the sender types them anew, or Retry."),
    "estimates-off": Refusal("Estimates are switched off in this company file.",
                             "In QuickBooks: Edit, Preferences, Jobs & Estimates, Company Preferences, “Do you create "
                             "estimates?” Yes. Then press Retry."),
    "parent-missing": Refusal("What it belongs to is not in QuickBooks yet.",
                              "Export that first (see the reason above), then press Retry."),
    "gone": Refusal("A bookkeeper deleted it in QuickBooks.",
                    "Nothing was changed there. Put it back from a backup and press Retry; or an ERP administrator with the "
                    "privilege presses Unlink, and it can be sent as a new one."),
    "closed": Refusal("A bookkeeper made it inactive in QuickBooks.", "Make it active there again and press Retry; or Reject."),
    "moved": Refusal("A bookkeeper moved it to another job in QuickBooks, or merged the job.",
                     "Nothing was changed there. Move it back to the job and press Retry; or Reject."),
    "field": Refusal("A field would not fit.", "Reject; the sender corrects it and sends again."),
    "in-use": Refusal("Somebody had it open in QuickBooks, or kept changing it.", "Close its window there and press Retry."),
    "broke-off": Refusal("The connection broke off again and again. It was looked up: it is not in QuickBooks.",
                         "See that the Web Connector runs without errors, then press Retry."),
    "internal": Refusal("This is a fault of Countersign; nothing was sent.", "Tell the administrator. Reject gives it back."),
}  # fmt: skip

UNKNOWN = Refusal("QuickBooks refused it.", "Read its words above, put it right, and press Retry; or Reject.")


def explain(code: str, reason: str) -> Refusal:
    """Cause and cure of a refusal."""
    return REFUSED.get(code) or OURS.get(code) or UNKNOWN


def is_later(code: str, text: str) -> bool:
    """Whether somebody only has it open now. 3180 is told apart by its words."""
    return code in LATER or (code == "3180" and "another user" in text.lower())


def human(text: str) -> str:
    """The part of QuickBooks' sentence that is meant for people."""
    head, found, tail = text.partition("QuickBooks error message:")
    return (tail.strip() or head.strip()) if found else head.strip()
