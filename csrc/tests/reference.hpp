#pragma once

#include <cstddef>
#include <vector>

// What the tests of the draws compare with: slow, independent of the code under test, long double throughout.
namespace reference {

// Density of PG(1, z) at omega: the theta series with 12 terms, on the side where it converges.
long double pg1_density(long double omega, double z);

// Worst |z-score| of the sample mean, variance and Laplace transform at t = 1/m, 4/m (m the mean) against
// PG(h, z).
double worst_score(const std::vector<double>& sample, double h, double z);

// sqrt(n) times the Kolmogorov-Smirnov distance between the sample and PG(1, z).
double kolmogorov(std::vector<double> sample, double z);

// Pearson's statistic of the sample over 200 cells of PG(1, z), finer ones in both tails, as a z-score: (χ² −
// k)/sqrt(2k) for k degrees of freedom.
double pearson(const std::vector<double>& sample, double z);

}  // namespace reference
