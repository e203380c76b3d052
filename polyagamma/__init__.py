"""Exact Pólya-gamma variates and blocked Gibbs sampling."""

from polyagamma.random import random_polyagamma

__all__ = ["random_polyagamma"]
