"""Start with `python -m erp.simulator`."""

from __future__ import annotations

import sys

from erp.simulator.cli import main

if __name__ == "__main__":
    sys.exit(main())
