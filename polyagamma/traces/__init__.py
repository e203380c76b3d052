"""Traces: draws with names and coordinates, in ArviZ's containers and in stores on disk."""
