"""Measurements of how fast and how small the service is: `python -m benchmarks`, or some by name."""
