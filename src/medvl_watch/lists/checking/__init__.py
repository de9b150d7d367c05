"""Faults of a list, found by one rule each, and mended only where a person names the rule."""
