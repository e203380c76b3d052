"""Exact Pólya-gamma variates and blocked Gibbs sampling."""
