#include "pg/quantile.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "pg/density.hpp"
#include "pg/distribution_function.hpp"
#include "pg/moments.hpp"

namespace polyagamma {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Newton's method for log tail(x) = target in log x, kept inside the bracket that the signs found so far
// make. Both log tails are concave in log x, so that the iterates approach from one side after the first
// step.
double solve(double target, bool lower, double h, double z) {
    constexpr int kMostSteps = 200;
    constexpr double kLongestStep = 8.0;
    double low = std::numeric_limits<double>::min();
    double high = std::numeric_limits<double>::max();
    double x = std::clamp(cumulant(1, h, z), low, high);
    for (int i = 0; i < kMostSteps; ++i) {
        const double tail = lower ? logcdf(x, h, z) : logsf(x, h, z);
        const double ascent = lower ? target - tail : tail - target;  // positive left of the root
        (ascent > 0 ? low : high) = x;
        const double slope = std::exp(logpdf(x, h, z) - tail) * x;  // |d log tail/d log x|
        const double step = std::clamp(ascent / slope, -kLongestStep, kLongestStep);
        if (!(std::fabs(step) > 1e-16)) return x;
        const double next = x + x * std::expm1(step);
        const double bound = step > 0 ? high : low;
        const bool is_inside = step > 0 ? next < bound : next > bound;
        const double before = x;
        x = is_inside ? next : std::sqrt(x) * std::sqrt(bound);
        if (x == before || x == bound) return x;
    }
    return x;
}

double quantile(double q, bool lower, double h, double z) {
    const double at_zero = lower ? 0.0 : 1.0;
    if (!(q >= 0 && q <= 1) || std::isnan(cumulant(1, h, z))) return std::numeric_limits<double>::quiet_NaN();
    if (q == at_zero) return 0.0;
    if (q == 1 - at_zero) return kInfinity;
    // Newton's method is fast for the smaller tail.
    return q <= 0.5 ? solve(std::log(q), lower, h, z) : solve(std::log1p(-q), !lower, h, z);
}

}  // namespace

double ppf(double q, double h, double z) {
    return quantile(q, true, h, z);
}
double isf(double q, double h, double z) {
    return quantile(q, false, h, z);
}

}  // namespace polyagamma
