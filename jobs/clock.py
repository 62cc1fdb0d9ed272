"""The clock: finds what the doorbell missed, reads lists on schedule, verifies at night, writes summaries, ends sessions."""

import logging
import signal
import threading
from collections.abc import Callable

from erp.connectors.quickbooks.session import sweep
from erp.connectors.sage300.dropping import lay_all
from erp.db import db, transaction
from erp.digest import write_summaries
from erp.exchanges.findings import tell_of_findings
from erp.exchanges.handover import hand_over
from erp.exchanges.refresh import due
from erp.exchanges.silence import tell_of_silence
from erp.exchanges.verify import verify_at_night
from erp.postman import deliver
from jobs.app import in_app, the_app

log = logging.getLogger(__name__)
EVERY = 5.0


@in_app
def tick() -> None:
    """One round; a fault in one part does not keep the others from their turn."""
    works = (sweep, schedule, hand_over, lay_all, verify_at_night)
    tells = (tell_of_findings, tell_of_silence, write_summaries, deliver)
    for part in works + tells:
        _safely(part)


def schedule() -> int:
    """Queue the lists that are due."""
    with transaction():
        return due()


def _safely(part: Callable[[], int]) -> None:
    try:
        part()
    except Exception:
        log.exception("the clock could not finish %s; it tries again", part.__name__)
    finally:
        db.session.remove()


def main() -> None:
    """Tick until told to stop."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    the_app()
    while not stop.is_set():
        tick()
        stop.wait(EVERY)


if __name__ == "__main__":
    main()
