"""Judges papers for a list on any subject, by the words of the list's own entries."""
