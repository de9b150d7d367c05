"""The command line: a file a command; the only place that names concrete classes."""
