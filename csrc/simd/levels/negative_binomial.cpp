#include "simd/levels/negative_binomial.hpp"

#include "math/elementary.hpp"
#include "math/stirling.hpp"
#include "simd/levels/lanes.hpp"
#include "simd/model_loops.hpp"

namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {
namespace {

constexpr std::size_t kBuffer = 32 * kPanelRows;
constexpr double kLog2 = 0x1.62e42fefa39efp-1;
constexpr double kRootOfTwoLessOne = 0x1.a827999fcef34p-2;

inline double magnitude(double x) {
    return x < 0.0 ? -x : x;
}

// Polynomials of even and odd powers apart: half as many operations wait for each other.

// e^{−t} to 2 ulp for t >= 0; 3e-308 where it would be smaller.
inline double exponential_of_minus(double t) {
    constexpr double kLog2E = 0x1.71547652b82fep0;
    constexpr double kRounder = 0x1.8p52;  // adding it rounds to an integer, found in the low bits of the sum
    const double x = t > 708.0 ? -708.0 : -t;
    const double shifted = x * kLog2E + kRounder;
    const double k = shifted - kRounder;
    const double y = (x - k * kLn2High) - k * kLn2Low;
    const double z = y * y;
    const double even =
        polynomial(z, 1.0 / 2, 1.0 / 24, 1.0 / 720, 1.0 / 40320, 1.0 / 3628800, 1.0 / 479001600);
    const double odd = polynomial(z, 1.0 / 6, 1.0 / 120, 1.0 / 5040, 1.0 / 362880, 1.0 / 39916800);
    return (1.0 + (y + z * (even + y * odd))) * double_of((bits_of(shifted) + 1023) << 52);
}

// log(1 + x) to 2 ulp for x >= 0, from u = 1 + x and 1 / u.
inline double logarithm_one_plus(double x, double u, double inverse) {
    return logarithm(u) + (x > 1.0 ? 1.0 - (u - x) : x - (u - 1.0)) * inverse;
}

inline double atanh_tail(double z) {
    const double square = z * z;
    const double even = polynomial(square, 2.0 / 3, 2.0 / 7, 2.0 / 11, 2.0 / 15, 2.0 / 19);
    const double odd = polynomial(square, 2.0 / 5, 2.0 / 9, 2.0 / 13, 2.0 / 17);
    return z * (even + z * odd);
}

// With x = e^{η−ρ} and σ = x / (1 + x): ∂ℓ/∂η = s − (s + wr)σ and ∂ℓ/∂ρ = (s + wr)σ − wr log(1 + x), for
// weighted counts s. Absolute errors of 1e-15 of the largest term. One division serves 1 / (1 + e) and the
// v = f / (2 + f) of log(1 + e) = 2 atanh v + [log 2], e = e^{−|η−ρ|}, with f = e or, from √2 − 1, half of
// e − 1.
void differentiate(const double* s, const double* w, double rho, double r, std::size_t n, double* eta,
                   double* of_rho, double* values) {
    for (std::size_t i = 0; i < n; ++i) {
        const double t = eta[i] - rho;
        const double e = exponential_of_minus(magnitude(t));
        const bool halved = e > kRootOfTwoLessOne;
        const double half = 0.5 * (e - 1.0);
        const double f = halved ? half : e;
        const double quotient = 1.0 / ((1.0 + e) * (2.0 + f));
        const double inverse = (2.0 + f) * quotient;
        const double v = f * ((1.0 + e) * quotient);
        const double half_square = 0.5 * f * f;
        const double log_m = f - (half_square - v * (half_square + atanh_tail(v * v)));
        const double positive = t < 0.0 ? 0.0 : t;
        const double logarithm = log_m + ((halved ? kLog2 : 0.0) + positive);
        const double numerator = t < 0.0 ? e : 1.0;
        const double weighted_r = w[i] * r;
        const double mean = (s[i] + weighted_r) * (numerator * inverse);
        const double all = weighted_r * logarithm;
        of_rho[i] = mean - all;
        values[i] = s[i] * (eta[i] - logarithm) - all;
        eta[i] = s[i] - mean;
    }
}

void add(const double* terms, std::size_t n, double* lanes) {
    Lanes sums, panel;
    load(sums, lanes);
    for (std::size_t i = 0; i < n; i += kPanelRows) {
        load(panel, terms + i);
        add_product(sums, panel, 1.0);
    }
    store(sums, lanes);
}

void differentiate_terms(const double* k, double r, std::size_t n, double* values, double* slopes) {
    const double inverse_r = 1.0 / r;
    for (std::size_t i = 0; i < n; ++i) {
        const double x = k[i] * inverse_r;
        const double u = 1.0 + x;
        const double inverse = 1.0 / u;
        values[i] = logarithm_one_plus(x, u, inverse);
        slopes[i] = -(x * inverse);
    }
}

// With x = c / z and v = x / (2 + x): φ = (1 + x) log(1 + x) − x and h = x − log(1 + x), where they cancel
// by log(1 + x) = 2v + 2v³a, a = 1/3 + v²/5 + …; and Stirling's series at z + c >= kLeastStirling, to 1e-17.
void differentiate_series(const double* c, double z, double r, std::size_t n, double* values,
                          double* slopes) {
    constexpr double kCancels = 0.25;
    const double inverse_z = 1.0 / z, k = z - r;
    for (std::size_t i = 0; i < n; ++i) {
        const double x = c[i] * inverse_z;
        const double u = 1.0 + x;
        const double inverse = 1.0 / (z + c[i]);
        const double l = logarithm_one_plus(x, u, z * inverse);
        const double v = x / (2.0 + x);
        const double a =
            polynomial(v * v, 1.0 / 3, 1.0 / 5, 1.0 / 7, 1.0 / 9, 1.0 / 11, 1.0 / 13, 1.0 / 15, 1.0 / 17);
        const double front = v * v * (2.0 + x);
        const bool cancels = x < kCancels;
        const double phi_series = front * (1.0 + v * (1.0 + v) * a), phi_direct = u * l - x;
        const double h_series = front * (1.0 - v * (1.0 - v) * a), h_direct = x - l;
        const double phi = cancels ? phi_series : phi_direct;
        const double h = cancels ? h_series : h_direct;
        const double square = inverse * inverse;
        values[i] = z * phi - 0.5 * l + inverse * stirling_in_square(square);
        slopes[i] = -(z * h) - k * l - r * (0.5 * inverse + square * digamma_in_square(square));
    }
}

// Adds weights times terms, lane by lane.
void add_weighted(const double* weights, const double* terms, std::size_t n, double* lanes) {
    Lanes sums, weight, panel;
    load(sums, lanes);
    for (std::size_t i = 0; i < n; i += kPanelRows) {
        load(weight, weights + i);
        load(panel, terms + i);
        add_product(sums, weight, panel);
    }
    store(sums, lanes);
}

// By buffers; differentiate(first, count, values, slopes) fills them.
template <class Differentiate>
void sum_up(const double* weights, std::size_t n, double* value, double* slope, Differentiate differentiate) {
    double values[kBuffer], slopes[kBuffer];
    for (std::size_t first = 0; first < n; first += kBuffer) {
        const std::size_t count = n - first < kBuffer ? n - first : kBuffer;
        differentiate(first, count, values, slopes);
        add_weighted(weights + first, values, count, value);
        add_weighted(weights + first, slopes, count, slope);
    }
}

}  // namespace

void rising_terms(const double* k, const double* weights, double r, std::size_t n, double* value,
                  double* slope) {
    sum_up(weights, n, value, slope, [&](std::size_t first, std::size_t count, double* v, double* s) {
        differentiate_terms(k + first, r, count, v, s);
    });
}

void rising_series(const double* c, const double* weights, double z, double r, std::size_t n, double* value,
                   double* slope) {
    sum_up(weights, n, value, slope, [&](std::size_t first, std::size_t count, double* v, double* s) {
        differentiate_series(c + first, z, r, count, v, s);
    });
}

void negative_binomial(const double* s, const double* w, double rho, std::size_t n, double* eta,
                       double* of_rho, double* log_likelihood) {
    const double r = exponential(rho);
    double slopes[kBuffer], values[kBuffer];
    for (std::size_t first = 0; first < n; first += kBuffer) {
        const std::size_t count = n - first < kBuffer ? n - first : kBuffer;
        differentiate(s + first, w + first, rho, r, count, eta + first, slopes, values);
        add(slopes, count, of_rho);
        if (log_likelihood != nullptr) add(values, count, log_likelihood);
    }
}

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
