"""Where papers come from: one module a kind of source, and the fetchers they read through."""
