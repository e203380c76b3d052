"""The public models, and their predictions."""
