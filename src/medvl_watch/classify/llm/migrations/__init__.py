"""Migrations of the cache of answers, in the layout of Alembic."""
