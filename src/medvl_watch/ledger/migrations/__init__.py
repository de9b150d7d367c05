"""How the ledger's tables have changed, in Alembic's layout."""
