"""Finds the section of a paper in any list, learned from the list's headings and entries."""
