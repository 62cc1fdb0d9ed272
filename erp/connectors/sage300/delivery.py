"""Sage 300 CRE as it is delivered to: its conversation stays pure, batches and the drop folder touch the database."""

from dataclasses import replace

from erp.connector import register
from erp.connectors.sage300 import batches, connector, dropping


def deliver(connection_id: int) -> int:
    """Make batches of what is queued, then lay their files into the drop folder, where there is one."""
    made = batches.deliver(connection_id)
    dropping.lay_all()
    return made


SAGE300 = register(replace(connector.SAGE300, calls=False, deliver=deliver, batches=True))
