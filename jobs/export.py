"""After an Export click: the dry run of everything the click handed over."""

from erp.exchanges.rehearse import rehearse
from jobs.app import in_app


@in_app
def export(batch: str) -> int:
    """Refuse early what could not be written; the number of refusals."""
    return rehearse(batch)
