"""Measures linkage, classification and list editing on data with known answers."""
