"""What a list is offered: which papers, in which sections, when, and what becomes of them."""
