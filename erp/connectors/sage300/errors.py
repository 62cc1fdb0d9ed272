"""Why Sage rejects a line, each with its cause and its cure; its own words are told apart by what they speak of."""

from erp.connector import Refusal

AGAIN = "then press Retry, which makes a new file of these lines"
ADMIN = "An ERP administrator"

REFUSED: dict[str, Refusal] = {
    "category": Refusal(
        "The category is not a Standard Category of Sage; the import stops there.",
        f"Add it to the Standard Categories in Sage; or an ERP administrator chooses another category for the cost "
        f"type in the connection's settings; {AGAIN}.",
    ),
    "standard-code": Refusal(
        "The cost code is not on Sage's list of standard cost codes.",
        f"Add it there; or tick “Allow creation of Cost Codes not on standard Cost Code list” at the import; {AGAIN}.",
    ),
    "job": Refusal(
        "Sage does not know the job, or the import was started for another one.",
        f"Look up the job's number in Sage, link the project to that job, and choose that job at the import; {AGAIN}.",
    ),
    "closed": Refusal("The job is closed in Sage; nothing can be posted to it.", f"Open the job in Sage, {AGAIN}; or Reject."),
    "extra": Refusal(
        "The job has no such extra in Sage.",
        f"Export the sub job first, or add the extra in Sage and read the list back; {AGAIN}.",
    ),
    "final": Refusal(
        "The original estimate of the job is finalized in Sage; it takes changes only.",
        "Ask accounting to reopen the original estimate, then press Retry; or Reject, and move the money by a budget change.",
    ),
    "date": Refusal(
        "Sage did not understand the accounting date, or it lies in a closed period.",
        f"Compare the date format in the connection's settings with Sage's own, or choose a later date; {AGAIN}.",
    ),
    "amount": Refusal(
        "Sage did not take the amount.", "Reject; the sender splits the line or corrects the amount and sends again."
    ),
    "duplicate": Refusal(
        "Sage has this line already, or it stands in the file twice.",
        "Look at the job's estimate in Sage. If it is there, read the list back; never import it a second time.",
    ),
    "layout": Refusal(
        "The fields are not where Sage expects them.",
        f"{ADMIN} compares the layout in the connection's settings with the one that Sage prints; {AGAIN}.",
    ),
    "code": Refusal(
        "The cost code does not have the form of cost codes in Sage.",
        f"{ADMIN} compares the shape of cost codes in the connection's settings with Sage's own; {AGAIN}.",
    ),
    "posting": Refusal(
        "The entries were imported, but posting them failed.",
        "Read Sage's posting journal, put it right there and post again; do not import the file again.",
    ),
    "parent-missing": Refusal(
        "What it belongs to is not in Sage yet.",
        "Export that first (see the reason above), read the list back, then press Retry.",
    ),
    "field": Refusal(
        "A field would not fit.",
        f"Reject; the sender corrects it and sends again. {ADMIN} corrects what lies in the settings; then press Retry.",
    ),
    "internal": Refusal("This is a fault of Countersign; nothing was written.", "Tell the administrator. Reject gives it back."),
}

WORDS = (
    ("posting", ("posting failed", "not posted", "cannot post")),
    ("final", ("finalized", "original estimate is final")),
    ("closed", ("closed job", "job is closed", "status is closed", "job closed")),
    ("category", ("category",)),
    (
        "standard-code",
        ("standard cost code", "not on standard", "cost code not", "invalid cost code", "cost code does not exist"),
    ),
    ("code", ("cost code",)),
    ("extra", ("extra",)),
    ("duplicate", ("duplicate", "already exists", "already imported")),
    ("date", ("date", "period")),
    ("amount", ("amount", "numeric", "overflow")),
    ("layout", ("record type", "too many fields", "too few fields", "format", "field")),
    ("job", ("job",)),
)
"""What a rejection speaks of, the more exact first. No list of Sage's messages is public; these words are our guess."""

PERHAPS_THERE = (
    "If somebody imported Sage's reject file by hand, it may be there already: after Retry read back from Sage first, and import "
    "the new file only if it still waits."
)
UNKNOWN = Refusal("Sage rejected it.", "Read its words above and Sage's import report, put it right, and press Retry; or Reject.")


def explain(code: str, reason: str) -> Refusal:
    """Cause and cure of what we refuse ourselves, by its code, and of what Sage rejected, by Sage's words."""
    if code in REFUSED:
        return REFUSED[code]
    told = REFUSED.get(classed(reason)) or UNKNOWN
    return Refusal(told.cause, f"{told.cure} {PERHAPS_THERE}")


def classed(reason: str) -> str:
    """What a rejection in Sage's own words is about; empty when that is not known."""
    said = reason.lower()
    return next((code for code, words in WORDS if any(word in said for word in words)), "")
