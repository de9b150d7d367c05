"""Which jobs of `serve` are due, what was done, and the loop that runs them."""
