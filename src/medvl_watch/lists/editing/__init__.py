"""Entries put in, completed and moved; every edit is proved before it counts."""
