"""Curated Markdown lists: read without loss, learn their style, add to them as their maintainers would."""
