"""Finds text that speaks to a machine instead of to readers."""
