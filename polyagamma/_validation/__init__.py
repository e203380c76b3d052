"""Checks of what users pass, and the words of their errors; memory; optional libraries."""
