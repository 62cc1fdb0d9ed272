"""What stands behind `make run` and `make test`: standard library only, nothing of erp."""
