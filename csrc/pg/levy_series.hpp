#pragma once

namespace polyagamma {

// The alternating series of PG(h, z) whose n-th term is the density of the first passage of a Brownian motion
// with drift z to the level n + h/2, the leading one an inverse Gaussian density (Polson, Scott & Windle
// 2013, section 2.3):
//     f(x) = (1 + e^{−z})^h Σ_n (−1)ⁿ Γ(n+h)/(Γ(h) n!) (2n+h)/√(8πx³) exp(−(2n+h)²/(8x) + hz/2 − z²x/2).

// Whether the terms fall off so fast at x that their sum loses less than three digits (then also at all
// smaller x): the first ratio is at most 1.3, and the later ones are much smaller.
bool levy_series_applies(double x, double h);

// Logarithms of the density, of the distribution function and of the survival function; x > 0, h > 0, z >= 0
// finite. Relative error about 1e-13, in far tails 1e-15 of the logarithm.
double levy_log_density(double x, double h, double z);
double levy_log_cdf(double x, double h, double z);

// Only where levy_log_sf_applies as well, and where the distribution function is above 0.9.
bool levy_log_sf_applies(double x, double h, double z);
double levy_log_sf(double x, double h, double z);

}  // namespace polyagamma
