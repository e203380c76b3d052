#include "pg/distribution_function.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "pg/contour.hpp"
#include "pg/levy_series.hpp"

namespace polyagamma {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// The survival function comes from the complement up to this value of the distribution function; that costs
// less than two digits.
constexpr double kLogLargestComplemented = -0.02;

// The tail that can be had directly, for x, h > 0 and z >= 0 finite.
LogTail direct_tail(double x, double h, double z) {
    if (!levy_series_applies(x, h)) return contour_log_tail(x, h, z);
    const double lower = levy_log_cdf(x, h, z);
    if (lower <= kLogLargestComplemented) return {lower, true};
    return levy_log_sf_applies(x, h, z) ? LogTail{levy_log_sf(x, h, z), false} : contour_log_tail(x, h, z);
}

LogTail log_tail(double x, double h, double z) {
    if (std::isnan(x) || !(h > 0) || h == kInfinity || !std::isfinite(z)) return {kNaN, true};
    if (x <= 0) return {-kInfinity, true};
    if (x == kInfinity) return {-kInfinity, false};
    LogTail tail = direct_tail(x, h, std::fabs(z));
    tail.value = std::min(tail.value, 0.0);
    return tail;
}

double log_complement(double log_value) {
    return log_value > -0.7 ? std::log(-std::expm1(log_value)) : std::log1p(-std::exp(log_value));
}

double probability(LogTail tail, bool lower) {
    return tail.lower == lower ? std::exp(tail.value) : -std::expm1(tail.value);
}

double log_probability(LogTail tail, bool lower) {
    return tail.lower == lower ? tail.value : log_complement(tail.value);
}

}  // namespace

double cdf(double x, double h, double z) {
    return probability(log_tail(x, h, z), true);
}
double logcdf(double x, double h, double z) {
    return log_probability(log_tail(x, h, z), true);
}
double sf(double x, double h, double z) {
    return probability(log_tail(x, h, z), false);
}
double logsf(double x, double h, double z) {
    return log_probability(log_tail(x, h, z), false);
}

}  // namespace polyagamma
