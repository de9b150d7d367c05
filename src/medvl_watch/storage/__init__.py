"""Files on this machine: read with clear errors, written whole, locked; SQLite files opened and
migrated; trained models."""
