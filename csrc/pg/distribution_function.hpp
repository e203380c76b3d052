#pragma once

namespace polyagamma {

// Distribution function of PG(h, z) at x, survival function, and their logarithms. Both tails are accurate:
// neither is computed as one minus the other where it is small. Errors as in pg/density.hpp. NaN for the same
// arguments.
double cdf(double x, double h, double z);
double logcdf(double x, double h, double z);
double sf(double x, double h, double z);
double logsf(double x, double h, double z);

}  // namespace polyagamma
