// The Pólya-gamma log-likelihood of a row, ℓ = κη − b log(2 cosh(η/2)), and its derivatives in η.
#include "math/elementary.hpp"
#include "simd/levels/lanes.hpp"
#include "simd/levels/model_loops.hpp"
#include "simd/model_loops.hpp"

namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {
namespace {

inline double magnitude(double x) {
    return x < 0.0 ? -x : x;
}
inline double with_sign_of(double magnitude_of, double x) {
    return x < 0.0 ? -magnitude_of : magnitude_of;
}

// e^{−|η|} to 1 ulp; 3e-308 where it would be smaller.
inline double exponential_of_minus(double magnitude_of) {
    const ReducedExponential e = reduce_exponential(magnitude_of > 708.0 ? -708.0 : -magnitude_of);
    return (1.0 + e.tail) * double_of((e.k - 2048 + 1023) << 52);
}

// ∂ℓ/∂η with e = exp(−|η|): absolute error 2e-16 b.
inline double residual_of(double kappa, double b, double eta, double e) {
    return kappa - 0.5 * b * with_sign_of((1.0 - e) / (1.0 + e), eta);
}

// Residuals in place of eta; and of the log-likelihood κη − b|η|/2 − b log(1 + e), the first two terms and 1
// + e.
void residuals_and_factors(const double* kappa, const double* b, std::size_t n, double* eta, double* terms,
                           double* factors) {
    for (std::size_t i = 0; i < n; ++i) {
        const double half = 0.5 * magnitude(eta[i]);
        const double e = exponential_of_minus(magnitude(eta[i]));
        terms[i] = kappa[i] * eta[i] - b[i] * half;
        factors[i] = 1.0 + e;
        eta[i] = residual_of(kappa[i], b[i], eta[i], e);
    }
}

bool all_equal(const double* b, std::size_t n) {
    bool equal = true;
    for (std::size_t i = 1; i < n; ++i) equal &= b[i] == b[0];
    return equal;
}

// factors[i] = b log(1 + e), from 1 + e <= 2. Rows of the same b in a chunk of panels share the logarithm of
// their product, which the last of them gets: an error of 1e-16 in log(1 + e), as small as that of the other
// terms.
void take_logarithms(const double* b, std::size_t n, double* factors) {
    constexpr std::size_t kChunk = kLogChunkPanels * kPanelRows;
    for (std::size_t first = 0; first < n; first += kChunk) {
        const std::size_t count = n - first < kChunk ? n - first : kChunk;
        double* chunk = factors + first;
        std::size_t from = 0;
        if (all_equal(b + first, count)) {
            for (std::size_t i = kPanelRows; i < count; ++i) chunk[i] *= chunk[i - kPanelRows];
            from = count - kPanelRows;
            for (std::size_t i = 0; i < from; ++i) chunk[i] = 0.0;
        }
        for (std::size_t i = from; i < count; ++i) chunk[i] = b[first + i] * logarithm(chunk[i]);
    }
}

}  // namespace

void residual(const double* kappa, const double* b, std::size_t n, double* eta) {
    for (std::size_t i = 0; i < n; ++i) {
        eta[i] = residual_of(kappa[i], b[i], eta[i], exponential_of_minus(magnitude(eta[i])));
    }
}

void residual_and_log_likelihood(const double* kappa, const double* b, std::size_t n, double* eta,
                                 double* log_likelihood) {
    constexpr std::size_t kBuffer = 16 * kLogChunkPanels * kPanelRows;
    double terms[kBuffer], logarithms[kBuffer];
    Lanes sums;
    load(sums, log_likelihood);
    for (std::size_t first = 0; first < n; first += kBuffer) {
        const std::size_t count = n - first < kBuffer ? n - first : kBuffer;
        residuals_and_factors(kappa + first, b + first, count, eta + first, terms, logarithms);
        take_logarithms(b + first, count, logarithms);
        for (std::size_t i = 0; i < count; i += kPanelRows) add_difference(sums, terms + i, logarithms + i);
    }
    store(sums, log_likelihood);
}

void curvature(const double* b, std::size_t n, double* eta) {
    for (std::size_t i = 0; i < n; ++i) {
        const double e = exponential_of_minus(magnitude(eta[i]));
        eta[i] = b[i] * e / ((1.0 + e) * (1.0 + e));
    }
}

void subtract_gaussian(const double* w, const double* c, const double* t, std::size_t n, double* slope,
                       double* difference) {
    Lanes sums;
    load(sums, difference);
    for (std::size_t i = 0; i < n; i += kPanelRows) {
        Lanes precision, linear, at, derivative;
        load(precision, w + i);
        load(linear, c + i);
        load(at, t + i);
        load(derivative, slope + i);
        for (std::size_t r = 0; r < kRegisters; ++r) {
            const Register product = precision.part[r] * at.part[r];
            sums.part[r] -= at.part[r] * (linear.part[r] - 0.5 * product);
            derivative.part[r] += product - linear.part[r];
        }
        store(derivative, slope + i);
    }
    store(sums, difference);
}

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
