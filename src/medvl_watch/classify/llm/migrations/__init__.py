"""How the tables of the answers' cache have changed, in Alembic's layout."""
