#pragma once

#include <cmath>

namespace polyagamma {

// e^x E₁(x) for x > 0, to a relative error below 1e-14: the series up to 1, the continued fraction above
// (Abramowitz and Stegun 1964, 5.1.11 and 5.1.22, by Lentz's method).
inline double scaled_exponential_integral(double x) {
    if (x <= 1.0) {
        constexpr double kEuler = 0.57721566490153286061;
        double sum = -kEuler - std::log(x), term = 1.0;
        for (int k = 1; k < 30; ++k) {
            term *= -x / k;
            sum -= term / k;
        }
        return std::exp(x) * sum;
    }
    double b = x + 1.0, c = 1e300, d = 1.0 / b, value = d;
    for (int k = 1; k < 200; ++k) {
        const double a = -static_cast<double>(k) * k;
        b += 2.0;
        d = 1.0 / (a * d + b);
        c = b + a / c;
        const double factor = c * d;
        value *= factor;
        if (std::fabs(factor - 1.0) < 1e-16) break;
    }
    return value;
}

}  // namespace polyagamma
