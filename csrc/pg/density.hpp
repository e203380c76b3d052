#pragma once

namespace polyagamma {

// Density of PG(h, z) at x and its logarithm; 0 and −∞ for x <= 0 and x = ∞.
// NaN where x is NaN, h is not a positive finite number or z is not finite.
// The relative error is below 1e-12 within eight standard deviations of the mean for h <= 1e6 (beyond, it
// grows like √h, as does the effect of rounding x); in the far tails the error of the logarithm is below
// 1e-12 of its value.
double pdf(double x, double h, double z);
double logpdf(double x, double h, double z);

}  // namespace polyagamma
