"""The memory of medvl-watch: what was seen and what became of it."""
