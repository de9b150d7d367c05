"""Files on this machine: written whole, locked, and SQLite files opened and migrated."""
