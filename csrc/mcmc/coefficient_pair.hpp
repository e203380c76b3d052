#pragma once

#include <cmath>

#include "random/bitgen.hpp"
#include "random/variates.hpp"

namespace polyagamma {

// What Gaussian rows say of two coefficients β with independent priors N(0, v), given all others:
// hᵀβ − ½ βᵀAβ, A = (a, c; c, b).
struct CoefficientPair {
    struct Values {
        double first, second;
    };
    double a, b, c;
    Values h;

    // log of ∫ e^{hᵀβ − ½ βᵀAβ} N(β; 0, diag v) dβ.
    double log_evidence(Values v) const {
        const double one = 1.0 + v.first * a, other = 1.0 + v.second * b;
        const double determinant = one * other - v.first * v.second * c * c;
        const double square = v.first * h.first * h.first * other + v.second * h.second * h.second * one -
                              2.0 * v.first * v.second * c * h.first * h.second;
        return 0.5 * (square / determinant - std::log(determinant));
    }

    // β given the rows: the first with the second integrated out, then the second.
    Values draw(Values v, BitGen& bitgen) const {
        const double other = 1.0 + v.second * b;
        const double determinant = (1.0 + v.first * a) * other - v.first * v.second * c * c;
        const double mean = v.first * (h.first * other - v.second * c * h.second) / determinant;
        const double first = mean + std::sqrt(v.first * other / determinant) * normal_variate(bitgen);
        const double rest = v.second * (h.second - c * first) / other;
        return {first, rest + std::sqrt(v.second / other) * normal_variate(bitgen)};
    }
};

}  // namespace polyagamma
