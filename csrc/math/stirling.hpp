#pragma once

#include "math/elementary.hpp"

// Stirling's series, as polynomials in 1/z², for z >= kLeastStirling. In an anonymous namespace for the same
// reason as elementary functions.
namespace polyagamma {
namespace {

inline constexpr double kLeastStirling = 20.0;

// log Γ(z) = (z − ½) log z − z + ½ log 2π + this / z, to 1e-17.
inline double stirling_in_square(double square) {
    return polynomial(square, 1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188);
}
// ψ(z) = log z − 1 / (2z) − this / z², to 1e-17.
inline double digamma_in_square(double square) {
    return polynomial(square, 1.0 / 12, -1.0 / 120, 1.0 / 252, -1.0 / 240, 1.0 / 132);
}

}  // namespace
}  // namespace polyagamma
