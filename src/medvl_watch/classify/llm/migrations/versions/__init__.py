"""One file per change of the tables of the answers' cache."""
