"""A paper's section in any list, learned from the list's own headings and entries."""
