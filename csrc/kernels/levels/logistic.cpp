// The Pólya-gamma log-likelihood of a row, ℓ = κη − b log(2 cosh(η/2)), and its derivatives in η.
#include "kernels/levels/model_kernels.hpp"
#include "kernels/model_kernels.hpp"
#include "math/elementary.hpp"

namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {
namespace {

inline double magnitude(double x) {
    return x < 0.0 ? -x : x;
}
inline double with_sign_of(double magnitude_of, double x) {
    return x < 0.0 ? -magnitude_of : magnitude_of;
}

// log(1 + e) for 0 <= e <= 1 to 2 ulp: 2 atanh(s) = 2(s + s³/3 + …) with s = e/(2+e), or, where 1 + e > √2,
// log 2 + 2 atanh(s) with s = (e−1)/(e+3); then s² <= 0.0295 and the first term left out is below 3e-18.
inline double log_one_plus(double e) {
    const bool upper = e > 0.41421356237309503;
    const double s = (upper ? e - 1.0 : e) / (upper ? e + 3.0 : e + 2.0);
    const double s2 = s * s;
    const double tail = polynomial(s2, 1.0 / 3, 1.0 / 5, 1.0 / 7, 1.0 / 9, 1.0 / 11, 1.0 / 13, 1.0 / 15,
                                   1.0 / 17, 1.0 / 19, 1.0 / 21);
    return 2.0 * s + (2.0 * s * s2 * tail + (upper ? 0.69314718055994531 : 0.0));
}

// tanh(η/2) with e = exp(−|η|): absolute error 2e-16.
inline double tanh_half(double eta, double e) {
    return with_sign_of((1.0 - e) / (1.0 + e), eta);
}

// Residuals in place of eta, and the terms of the log-likelihood.
void chunk(const double* kappa, const double* shape, std::size_t n, double* eta, double* terms) {
    for (std::size_t i = 0; i < n; ++i) {
        const double e = exponential(-magnitude(eta[i]));
        terms[i] = kappa[i] * eta[i] - shape[i] * (0.5 * magnitude(eta[i]) + log_one_plus(e));
        eta[i] = kappa[i] - 0.5 * shape[i] * tanh_half(eta[i], e);
    }
}

}  // namespace

void residual(const double* kappa, const double* shape, std::size_t n, double* eta) {
    for (std::size_t i = 0; i < n; ++i) {
        const double e = exponential(-magnitude(eta[i]));
        eta[i] = kappa[i] - 0.5 * shape[i] * tanh_half(eta[i], e);
    }
}

void residual_and_log_likelihood(const double* kappa, const double* shape, std::size_t n, double* eta,
                                 double* log_likelihood) {
    constexpr std::size_t kChunk = 16 * kPanelRows;
    double terms[kChunk];
    for (std::size_t first = 0; first < n; first += kChunk) {
        const std::size_t count = n - first < kChunk ? n - first : kChunk;
        chunk(kappa + first, shape + first, count, eta + first, terms);
        for (std::size_t i = 0; i < count; i += kPanelRows) {
            for (std::size_t lane = 0; lane < kPanelRows; ++lane) log_likelihood[lane] += terms[i + lane];
        }
    }
}

void curvature(const double* shape, std::size_t n, double* eta) {
    for (std::size_t i = 0; i < n; ++i) {
        const double e = exponential(-magnitude(eta[i]));
        eta[i] = shape[i] * e / ((1.0 + e) * (1.0 + e));
    }
}

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
