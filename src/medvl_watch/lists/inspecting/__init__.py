"""Reports what was learned from a list, and how sure that is."""
