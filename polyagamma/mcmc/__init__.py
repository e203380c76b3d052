"""Markov chain Monte Carlo: chains of the core, and how their runs are driven, kept and continued."""
