"""Judging papers: relevance, place in the taxonomy, section in a list, and the evidence for it."""
