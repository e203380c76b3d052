"""Variates of the Pólya-gamma distribution."""

from polyagamma._random import random_polyagamma

__all__ = ["random_polyagamma"]
