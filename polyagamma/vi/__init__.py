"""Variational inference: so far the kernel that maximises a bound of the evidence."""
