PYTHON ?= python3
.PHONY: help run test check prove fuzz bench

help:
	@$(PYTHON) run.py help

run:
	@$(PYTHON) run.py run

test:
	@$(PYTHON) run.py test $(ARGS)

check:
	@$(PYTHON) run.py check

prove:
	@$(PYTHON) run.py prove $(ARGS)

fuzz:
	@$(PYTHON) run.py fuzz $(ARGS)

bench:
	@$(PYTHON) run.py bench $(ARGS)
