#pragma once

namespace polyagamma {

// The x at which the distribution function (ppf) or the survival function (isf) of PG(h, z) equals q, found
// to the precision of cdf and sf. NaN where q is not in [0, 1], h is not a positive finite number or z is not
// finite.
double ppf(double q, double h, double z);
double isf(double q, double h, double z);

}  // namespace polyagamma
