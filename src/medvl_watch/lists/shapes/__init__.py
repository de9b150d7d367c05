"""Entries written as instances of a shape that the list already shows."""
