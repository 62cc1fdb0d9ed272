"""Reading one object by an id that a person pasted: it counts only after he has seen what differs. Pure; it never writes."""

from erp.connector import Later, Outcome, Person, Work
from erp.connectors.quickbooks.errors import EMPTY, human
from erp.connectors.quickbooks.mapping import MAPPINGS
from erp.connectors.quickbooks.mapping.mapping import is_ours
from erp.connectors.quickbooks.mapping.there import THERE, candidates, identity
from erp.connectors.quickbooks.qbxml import Response
from erp.connectors.quickbooks.step import ask, compared, heard


def step(work: Work, answer: str | None) -> Outcome:
    """Ask for the id; ours as it was sent is Synced, anything else is shown to the person."""
    wanted = str(work.refs["look_at"])
    if answer is None:
        return ask(work, THERE[work.kind].by_id([wanted]))
    response = heard(work, answer)
    if not isinstance(response, Response):
        return response
    if response.code not in EMPTY and response.severity == "Error":
        return Later(5, human(response.message))
    found = next((one for one in response.objects() if identity(one) == wanted), None)
    if found is None:
        return Person(f"Nothing with the id {wanted} is in QuickBooks.")
    if is_ours(work, found):
        return compared(work, MAPPINGS[work.kind], found)
    words = f"What has the id {wanted} was read. It does not carry our marker; compare both sides."
    return Person(words, {"candidates": candidates(work, [found])})
