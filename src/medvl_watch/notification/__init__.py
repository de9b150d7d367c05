"""Tells people outside the forge that a digest is there, or that something needs them: by a
webhook, by mail, and as an Atom feed."""
