"""Sending what lies in the outbox."""

from erp.postman import deliver
from jobs.app import in_app


@in_app
def mail() -> int:
    """Send every mail that is due; the number sent."""
    return deliver()
