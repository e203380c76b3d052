#include "simd/levels/covariance.hpp"

#include <cmath>

#include "math/elementary.hpp"
#include "simd/levels/lanes.hpp"
#include "simd/model_loops.hpp"

namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {
namespace {

void squared_distances(const double* columns, std::size_t n, std::size_t p, std::size_t i, double* out) {
    for (std::size_t j = 0; j <= i; ++j) out[j] = 0.0;
    for (std::size_t d = 0; d < p; ++d) {
        const double* x = columns + d * n;
        const double own = x[i];
        for (std::size_t j = 0; j <= i; ++j) out[j] += (own - x[j]) * (own - x[j]);
    }
}

// out[j] = variance k, where k is a function of t = √(factor · squared distance) and e^{-t}.
template <class Function>
void map_distance(double factor, double variance, std::size_t count, double* out, Function function) {
    for (std::size_t j = 0; j < count; ++j) {
        const double t = std::sqrt(factor * out[j]);
        out[j] = variance * function(t) * exponential_of_moderate(-t);
    }
}

// Squared distances into covariances, in place.
void map_squares(Stationary family, double variance, std::size_t count, double* out) {
    switch (family) {
        case Stationary::squared_exponential:
            for (std::size_t j = 0; j < count; ++j)
                out[j] = variance * exponential_of_moderate(-0.5 * out[j]);
            break;
        case Stationary::matern12:
            map_distance(1.0, variance, count, out, [](double) { return 1.0; });
            break;
        case Stationary::matern32:
            map_distance(3.0, variance, count, out, [](double t) { return 1.0 + t; });
            break;
        case Stationary::matern52:
            map_distance(5.0, variance, count, out, [](double t) { return 1.0 + t + t * t / 3.0; });
            break;
    }
}

template <std::size_t Points>
void distance_tile(const double* rows, std::size_t p, const double* scales, const double* points,
                   std::size_t m, double* out) {
    Lanes squares[Points];
    for (Lanes& one : squares) clear(one);
    for (std::size_t d = 0; d < p; ++d) {
        Lanes row;
        load(row, rows + d * kPanelRows);
        scale(row, scales[d]);
        for (std::size_t j = 0; j < Points; ++j) add_square(squares[j], row, points[d * m + j]);
    }
    for (std::size_t j = 0; j < Points; ++j) store(squares[j], out + j * kPanelRows);
}

// Of one panel of rows, (p, kPanelRows), with all points.
void panel_squared_distances(const double* rows, std::size_t p, const double* scales, const double* points,
                             std::size_t m, double* out) {
    std::size_t j = 0;
    for (; j + kGramTile <= m; j += kGramTile)
        distance_tile<kGramTile>(rows, p, scales, points + j, m, out + j * kPanelRows);
    for (; j < m; ++j) distance_tile<1>(rows, p, scales, points + j, m, out + j * kPanelRows);
}

}  // namespace

void stationary_row(Stationary family, const double* columns, std::size_t n, std::size_t p, std::size_t i,
                    double variance, double* out) {
    squared_distances(columns, n, p, i, out);
    map_squares(family, variance, i + 1, out);
}

void stationary_panels(Stationary family, const double* inputs, std::size_t n_panels, std::size_t p,
                       const double* scales, const double* points, std::size_t m, double variance,
                       double* out) {
    for (std::size_t t = 0; t < n_panels; ++t) {
        double* panel = out + t * m * kPanelRows;
        panel_squared_distances(inputs + t * p * kPanelRows, p, scales, points, m, panel);
        map_squares(family, variance, m * kPanelRows, panel);
    }
}

void scaled_row(const double* k, const double* scales, double scale, std::size_t n, double* b) {
    for (std::size_t j = 0; j < n; ++j) b[j] = scale * scales[j] * k[j];
}

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
