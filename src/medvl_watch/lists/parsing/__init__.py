"""A list's text without loss: lines, regions, sections as full paths, entries."""
