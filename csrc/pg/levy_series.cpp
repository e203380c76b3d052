#include "pg/levy_series.hpp"

#include <cmath>

#include "math/erfcx.hpp"
#include "pg/log_cosh.hpp"

namespace polyagamma {
namespace {

// Bound on the ratio of the first two terms. For huge h the coefficients overflow, and the leading term must
// do.
double largest_ratio(double h, double usual) {
    return h < 1e100 ? usual : 1e-17;
}

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
    return (n + std::fma(-z, x, 0.5 * h)) / std::sqrt(2 * x);
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

// The n-th term's lower tail, twice over its coefficient and (1 + e^{−z})^h; `scale` = exp(−lag(0)²).
double lower_tail(int n, double x, double h, double z, double scale) {
    const double gaussian = scale * gaussian_factor(n, x, h);
    const double distance = lag(n, x, h, z);
    const double direct = distance > 0 ? gaussian * erfcx(distance) : std::exp(-n * z) * std::erfc(distance);
    return direct + gaussian * erfcx(lead(n, x, h, z));
}

// The same for the upper tail, over exp(−lag(0)²) as well.
double upper_tail(int n, double x, double h, double z) {
    const double gaussian = gaussian_factor(n, x, h);
    const double distance = lag(n, x, h, z);
    if (distance < 1) return gaussian * erfcx_drop(-distance, (2 * n + h) / std::sqrt(2 * x));
    // Far left of this term's mean path the two parts do not cancel, and erfcx(−distance) might overflow.
    const double gap = lag(0, x, h, z);
    return std::exp(gap * gap - n * z) * (1 + std::erf(distance)) - gaussian * erfcx(lead(n, x, h, z));
}

// For small x the terms after the leading one come from their lower tails, which are tiny, and from the sum
// of all masses, (1 + e^{−z})^{−h}.
double log_sf_for_small_x(double x, double h, double z) {
    const double gap = lag(0, x, h, z);
    const double scale = std::exp(-gap * gap);
    const double others =
        alternating_sum(h, [&](int n) { return n == 0 ? 0.0 : lower_tail(n, x, h, z, scale); });
    const double mass = log_mass(h, z);
    return std::log(std::exp(mass) * (scale * upper_tail(0, x, h, z) - others) / 2 - std::expm1(mass));
}

// For steep tilts the upper tails are at most e^{−nz}.
double log_sf_for_large_z(double x, double h, double z) {
    const double gap = lag(0, x, h, z);
    const double sum = alternating_sum(h, [&](int n) { return upper_tail(n, x, h, z); });
    return log_mass(h, z) + std::log(sum / 2) - gap * gap;
}

constexpr double kLargeTilt = 3.0;

}  // namespace

bool levy_series_applies(double x, double h) {
    return (h + 2) * std::exp(-(h + 1) / (2 * x)) <= largest_ratio(h, 1.3);
}

double levy_log_density(double x, double h, double z) {
    const double sum = alternating_sum(h, [&](int n) { return (2 * n + h) * gaussian_factor(n, x, h); });
    const double gap = lag(0, x, h, z);
    return std::log(sum) - 1.5 * std::log(x) - 0.5 * std::log(8 * kPi) - gap * gap + log_mass(h, z);
}

double levy_log_cdf(double x, double h, double z) {
    const double gap = lag(0, x, h, z);
    const bool is_left = gap > 0;  // of the leading term's mean path: its Gaussian factor may be tiny
    const double scale = is_left ? 1.0 : std::exp(-gap * gap);
    const double sum = alternating_sum(h, [&](int n) { return lower_tail(n, x, h, z, scale); });
    return log_mass(h, z) + std::log(sum / 2) - (is_left ? gap * gap : 0.0);
}

bool levy_log_sf_applies(double x, double h, double z) {
    return z >= kLargeTilt ? h * std::exp(-z) <= largest_ratio(h, 0.5) : h <= 1.0 && x <= 0.3;
}

double levy_log_sf(double x, double h, double z) {
    return z >= kLargeTilt ? log_sf_for_large_z(x, h, z) : log_sf_for_small_x(x, h, z);
}

}  // namespace polyagamma
