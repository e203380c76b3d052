#include "simd/levels/columns.hpp"

#include "simd/lanes_sum.hpp"

namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {

double column_dot(const double* x, const double* r, std::size_t n) {
    double lanes[kPanelRows] = {};
    for (std::size_t i = 0; i < n; i += kPanelRows)
        for (std::size_t lane = 0; lane < kPanelRows; ++lane) lanes[lane] += x[i + lane] * r[i + lane];
    return sum_lanes(lanes);
}

double weighted_column_dot(const double* x, const double* w, const double* y, std::size_t n) {
    double lanes[kPanelRows] = {};
    for (std::size_t i = 0; i < n; i += kPanelRows)
        for (std::size_t lane = 0; lane < kPanelRows; ++lane)
            lanes[lane] += x[i + lane] * w[i + lane] * y[i + lane];
    return sum_lanes(lanes);
}

void subtract_columns(const double* w, double a, const double* x, double b, const double* y, std::size_t n,
                      double* r) {
    for (std::size_t i = 0; i < n; ++i) r[i] -= w[i] * (a * x[i] + b * y[i]);
}

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
