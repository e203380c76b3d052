#pragma once

#include <cmath>

#include "math/elementary.hpp"
#include "simd/force_inline.hpp"

namespace polyagamma {
namespace {

// The density of PG(1, 0), times exp(−half_square·ω): proportional to PG(1, z) with half_square = z²/2. Each
// of the two theta series of Devroye (2009, Statist. Probab. Lett. 79, 2251, eqs. 5 and 6; ω = x/4) is used
// where it converges fast: with s = exponential(−1/ω) or exponential(−4π²ω) both are leading term × (1 − 3s +
// 5s³ − 7s⁶ + …), s < 2e-3 on the side used, so that four terms leave a relative error of 9s¹⁰ < 1e-26, far
// below rounding (about 1e-15).
inline constexpr double kSeriesSplit = 0.16;

inline double theta_factor(double s) {
    return 1.0 - s * (3.0 - s * s * (5.0 - 7.0 * s * s * s));
}

// Branch-free (both sides are cheap) so that loops over it vectorise. Densities below e^kLeastExponent come
// out too large, though below 1e-200: a subnormal result would slow the loops down.
inline constexpr double kLeastExponent = -600.0;

POLYAGAMMA_FORCE_INLINE double bounded_exponential(double x) {
    return exponential(x < kLeastExponent ? kLeastExponent : x);
}

POLYAGAMMA_FORCE_INLINE double pg1_density(double omega, double half_square) {
    constexpr double kPiSquared = 9.869604401089358;
    constexpr double kTwoPi = 6.283185307179586;
    constexpr double kLevy = 0.3989422804014327;  // 1/sqrt(2π)
    const bool small = omega < kSeriesSplit;
    const double inverse = 1.0 / omega;
    const double s = bounded_exponential(small ? -inverse : -4.0 * kPiSquared * omega);
    const double lead =
        exponential((small ? -0.125 * inverse : -0.5 * kPiSquared * omega) - half_square * omega);
    const double scale = small ? kLevy * inverse * std::sqrt(inverse) : kTwoPi;
    return scale * lead * theta_factor(s);
}

// d/dω log pg1_density, decreasing in ω. Relative error 1e-13 away from its zero.
inline double pg1_log_density_slope(double omega, double half_square) {
    constexpr double kPiSquared = 9.869604401089358;
    const bool small = omega < kSeriesSplit;
    const double inverse = 1.0 / omega;
    const double s = bounded_exponential(small ? -inverse : -4.0 * kPiSquared * omega);
    const double factor_slope = s * (-3.0 + s * s * (15.0 - 42.0 * s * s * s)) / theta_factor(s);
    if (small) return inverse * (0.125 * inverse - 1.5 + inverse * factor_slope) - half_square;
    return -0.5 * kPiSquared - 4.0 * kPiSquared * factor_slope - half_square;
}

}  // namespace
}  // namespace polyagamma
