"""What a list teaches about its entries, and a new entry written the same way."""
