#pragma once

#include <cstddef>
#include <vector>

// What the tests of the draws compare with: slow, independent of the code under test, long double throughout.
namespace reference {

// Density of PG(1, z) at omega: the theta series with 12 terms, on the side where it converges.
long double pg1_density(long double omega, double z);

double mean(double h, double z);
double variance(double h, double z);
double laplace(double h, double z, double t);  // E exp(−tω)

// Worst |z-score| of the sample mean, variance and Laplace transform at t = 1/m, 4/m (m the mean) against
// PG(h, z).
double worst_score(const std::vector<double>& sample, double h, double z);

// sqrt(n) times the Kolmogorov-Smirnov distance between the sample and PG(1, z).
double kolmogorov(std::vector<double> sample, double z);

}  // namespace reference
