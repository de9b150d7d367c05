"""The classifier that asks a language model behind any OpenAI-compatible endpoint."""
