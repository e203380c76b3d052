#pragma once

namespace polyagamma {

// Cumulants of PG(h, z), κ_n = h (n−1)!/2ⁿ Σ_k (z²/4 + (k − ½)²π²)^{−n}, for n = 1, …, 4; NaN for other n.
// All functions: relative error below 1e-13; no overflow and no cancellation, whatever h and z are: 0 and
// infinity are results that are beyond the doubles. NaN where h is not a positive finite number or z is not
// finite.
double cumulant(int n, double h, double z);

// √κ_2, also where κ_2 is beyond the doubles.
double standard_deviation(double h, double z);

// Standardised cumulants κ_3/κ_2^{3/2} and κ_4/κ_2² (the latter is the excess kurtosis).
double skewness(double h, double z);
double excess_kurtosis(double h, double z);

// log E exp(−tω), ω ~ PG(h, z); ∞ for t <= −(z² + π²)/2, and accurate all the way to there: t and z are taken
// for exact.
double log_laplace(double t, double h, double z);

}  // namespace polyagamma
