"""After an Export click: the dry run of everything the click handed over; what nobody comes for is laid out."""

from erp.exchanges.handover import hand_over
from erp.exchanges.rehearse import rehearse
from jobs.app import in_app


@in_app
def export(batch: str) -> int:
    """Refuse early what could not be written, then lay out what accounting does not fetch; the number of refusals."""
    refused = rehearse(batch)
    hand_over()
    return refused
