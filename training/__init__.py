"""Training of the weights that are shipped in seeds/models: nothing of this runs where pages are read."""
