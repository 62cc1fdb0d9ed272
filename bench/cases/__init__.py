"""One workload per file; each yields figures."""
