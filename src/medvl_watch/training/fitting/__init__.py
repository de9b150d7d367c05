"""Fits models to examples, with scikit-learn."""
