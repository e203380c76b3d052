"""Rows shared out: over files that do not fit into memory, and over the workers of a Dask cluster."""

from polyagamma.distributed.estimate import Estimate, estimate

__all__ = ["Estimate", "estimate"]
