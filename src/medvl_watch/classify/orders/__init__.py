"""What a text says that speaks to a machine: the usual forms, as patterns over one sentence."""
