"""Terms of the linear predictor, their Gaussian priors, and what these are made of."""
