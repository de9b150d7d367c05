"""A limit that only a runaway reaches."""

RUNAWAY = 60
"""Seconds. What grows by the square of a hostile text takes longer; what does not takes one or
two, and several more while coverage is measured on a busy machine. Speed itself is measured by
the benchmarks."""
