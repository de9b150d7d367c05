"""What an entry says, as spans of its own text: title, name, venue, authors, links."""
