"""Whether an edit of a list is what was meant: by its lines, as we read it, and as it renders."""
