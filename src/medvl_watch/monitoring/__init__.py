"""How `serve` shows that it is alive: health and metrics over HTTP, and a ping after each poll."""
