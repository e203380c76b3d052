"""Likelihoods: what was observed in each row, given its linear predictors."""
