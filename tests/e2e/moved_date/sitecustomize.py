"""Python loads this at its start when this folder is on its path: every process of the product lives at the time of MOVED_TO.

Time goes on from there, so that a test moves the day by a restart, as if the machine had been off over the night.
"""

import os
import time
from datetime import datetime

import time_machine

began, _, at = os.environ.get("MOVED_TO", "").partition("|")
if at:
    passed = time.time() - float(began)
    time_machine.travel(datetime.fromisoformat(at).timestamp() + passed, tick=True).start()
