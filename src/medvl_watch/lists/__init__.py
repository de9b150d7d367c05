"""Curated Markdown lists: read without loss, added to as their maintainers would."""
