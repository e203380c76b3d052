#include "pg/density.hpp"

#include <cmath>
#include <limits>

#include "pg/contour.hpp"
#include "pg/levy_series.hpp"

namespace polyagamma {

double logpdf(double x, double h, double z) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    if (std::isnan(x) || !(h > 0) || h == kInfinity || !std::isfinite(z)) {
        return std::numeric_limits<double>::quiet_NaN();
    }
    if (x <= 0 || x == kInfinity) return -kInfinity;
    z = std::fabs(z);
    return levy_series_applies(x, h) ? levy_log_density(x, h, z) : contour_log_density(x, h, z);
}

double pdf(double x, double h, double z) {
    return std::exp(logpdf(x, h, z));
}

}  // namespace polyagamma
