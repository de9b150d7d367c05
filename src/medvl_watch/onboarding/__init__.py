"""What `medvl-watch init` writes for a list: configuration, sources, taxonomy, workflow."""
