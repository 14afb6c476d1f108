"""Measured quality and speed, each with a floor."""
