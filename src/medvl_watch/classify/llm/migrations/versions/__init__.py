"""The changes of the tables of the cache of answers, one file per change."""
