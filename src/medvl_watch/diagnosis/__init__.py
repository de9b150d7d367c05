"""Health checks of an installation: what is right, what is not, and what to do about it.

`assessment.py` turns measurements into findings and is pure; `measurement.py` and
`github_access.py` take the measurements, each within a time limit.
"""
