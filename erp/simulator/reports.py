"""Job reports (second message group)."""

from __future__ import annotations

from erp.simulator.calls import Answer, Call
from erp.simulator.refusals import Unsupported


def job_report(call: Call) -> Answer:
    """Not played yet."""
    raise Unsupported("reports")
