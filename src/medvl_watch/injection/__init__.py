"""Finds prompt injections: text in a paper that gives instructions to a machine."""
