"""What accounting told us."""
