"""The figures by which we judge ourselves, measured on data with known answers."""
