#include "pg/levy_series.hpp"

#include <cmath>

#include "math/erfcx.hpp"
#include "pg/log_cosh.hpp"

namespace polyagamma {
namespace {

constexpr double kLargestRatio = 1.3;

// Σ (−1)ⁿ Γ(n+h)/(Γ(h) n!) term(n), until the terms no longer count.
template <class Term>
double alternating_sum(double h, Term term) {
    constexpr int kMostTerms = 200;
    double coefficient = 1.0;
    double sum = term(0);
    for (int n = 1; n < kMostTerms; ++n) {
        coefficient *= -(h + (n - 1)) / n;
        const double value = coefficient * term(n);
        sum += value;
        if (std::fabs(value) <= 1e-17 * std::fabs(sum)) break;
    }
    return sum;
}

// The standardised distance of the n-th level from the mean path, (n + h/2 − zx)/√(2x).
double lag(int n, double x, double h, double z) {
    return (n + 0.5 * std::fma(-2 * z, x, h)) / std::sqrt(2 * x);
}

double lead(int n, double x, double h, double z) {
    return (n + 0.5 * h + z * x) / std::sqrt(2 * x);
}

// exp(−(n² + nh)/(2x)): what the n-th Gaussian factor lacks of the leading one.
double gaussian_factor(int n, double x, double h) {
    return std::exp(-n * (n + h) / (2 * x));
}

// (1 + e^{−z})^h in logarithms.
double log_mass(double h, double z) {
    return h * std::log1p(std::exp(-z));
}

}  // namespace

bool levy_series_applies(double x, double h) {
    return (h + 2) * std::exp(-(h + 1) / (2 * x)) <= kLargestRatio;
}

double levy_log_density(double x, double h, double z) {
    const double sum = alternating_sum(h, [&](int n) { return (2 * n + h) * gaussian_factor(n, x, h); });
    const double gap = lag(0, x, h, z);
    return std::log(sum) - 1.5 * std::log(x) - 0.5 * std::log(8 * kPi) - gap * gap + log_mass(h, z);
}

double levy_log_cdf(double x, double h, double z) {
    const double gap = lag(0, x, h, z);
    // Twice the n-th term over (1 + e^{−z})^h, and over exp(−gap²) if x is left of the leading term's mean
    // path.
    const double scale = gap > 0 ? 1.0 : std::exp(-gap * gap);
    const double sum = alternating_sum(h, [&](int n) {
        const double distance = lag(n, x, h, z);
        const double gaussian = scale * gaussian_factor(n, x, h);
        const double reflected = gaussian * erfcx(lead(n, x, h, z));
        return reflected +
               (distance > 0 ? gaussian * erfcx(distance) : std::exp(-n * z) * std::erfc(distance));
    });
    return log_mass(h, z) + std::log(sum / 2) - (gap > 0 ? gap * gap : 0.0);
}

bool levy_log_sf_applies(double h, double z) {
    return z >= 3.0 && h * std::exp(-z) <= 0.5;
}

double levy_log_sf(double x, double h, double z) {
    const double gap = lag(0, x, h, z);
    const double sum = alternating_sum(h, [&](int n) {
        const double distance = lag(n, x, h, z);
        const double gaussian = gaussian_factor(n, x, h);
        if (distance < 1) return gaussian * erfcx_drop(-distance, (2 * n + h) / std::sqrt(2 * x));
        // Far left of this term's mean path the two parts do not cancel, and erfcx(−distance) might overflow.
        return std::exp(gap * gap - n * z) * (1 + std::erf(distance)) - gaussian * erfcx(lead(n, x, h, z));
    });
    return log_mass(h, z) + std::log(sum / 2) - gap * gap;
}

}  // namespace polyagamma
