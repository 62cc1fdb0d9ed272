"""The bench: workloads against baselines in the same process, in turns, as ratios (docs/performance.md)."""
