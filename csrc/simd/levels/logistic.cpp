// The Pólya-gamma log-likelihood of a row, ℓ = κη − b log(2 cosh(η/2)), and its derivatives in η.
#include <cstdint>

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

// e^{−|η|} to 1.1 ulp; 3e-308 where it would be smaller.
inline double exponential_of_minus(double magnitude_of) {
    return exponential_of_moderate(-magnitude_of);
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

// By their bits, which are compared side by side.
bool all_equal(const double* b, std::size_t n) {
    std::uint64_t different = 0;
    for (std::size_t i = 1; i < n; ++i) different |= bits_of(b[i]) ^ bits_of(b[0]);
    return different == 0;
}

inline constexpr std::size_t kChunk = kLogChunkPanels * kPanelRows;
inline constexpr std::size_t kChunks = 16;  // whose logarithms are taken side by side
inline constexpr std::size_t kBuffer = kChunks * kChunk;

// Σ over the panels of a chunk.
template <std::size_t kPanels>
void add_panels(const double* terms, Lanes& sums) {
    Lanes chunk, panel;
    load(chunk, terms);
    for (std::size_t i = 1; i < kPanels; ++i) {
        load(panel, terms + i * kPanelRows);
        add(chunk, panel);
    }
    add(sums, chunk);
}

// The factors 1 + e <= 2 of a chunk whose rows have the same b share the logarithm of their product: an error
// of 1e-16 in log(1 + e), as small as that of the other terms.
void multiply_chunk(const double* factors, double* product) {
    for (std::size_t l = 0; l < kPanelRows; ++l) {
        double own = factors[l];
        for (std::size_t i = 1; i < kLogChunkPanels; ++i) own *= factors[i * kPanelRows + l];
        product[l] = own;
    }
}

// sums -= b log(1 + e) of a panel, from the logarithms.
void subtract_panel(const double* b, const double* logarithms, Lanes& sums) {
    Lanes weight, part;
    load(weight, b);
    load(part, logarithms);
    for (std::size_t r = 0; r < kRegisters; ++r) sums.part[r] -= weight.part[r] * part.part[r];
}

// The same of rows that share none.
void subtract_rows(const double* b, std::size_t n, double* factors, Lanes& sums) {
    for (std::size_t i = 0; i < n; ++i) factors[i] = logarithm(factors[i]);
    for (std::size_t i = 0; i < n; i += kPanelRows) subtract_panel(b + i, factors + i, sums);
}

}  // namespace

void residual(const double* kappa, const double* b, std::size_t n, double* eta) {
    for (std::size_t i = 0; i < n; ++i) {
        eta[i] = residual_of(kappa[i], b[i], eta[i], exponential_of_minus(magnitude(eta[i])));
    }
}

void residual_and_log_likelihood(const double* kappa, const double* b, std::size_t n, double* eta,
                                 double* log_likelihood) {
    double terms[kBuffer], factors[kBuffer], logarithms[kChunks * kPanelRows];
    Lanes sums;
    load(sums, log_likelihood);
    for (std::size_t first = 0; first < n; first += kBuffer) {
        const std::size_t count = n - first < kBuffer ? n - first : kBuffer, whole = count / kChunk;
        const double* of_rows = b + first;
        residuals_and_factors(kappa + first, of_rows, count, eta + first, terms, factors);
        for (std::size_t c = 0; c < whole; ++c)
            multiply_chunk(&factors[c * kChunk], &logarithms[c * kPanelRows]);
        for (std::size_t i = 0; i < whole * kPanelRows; ++i) logarithms[i] = logarithm(logarithms[i]);
        for (std::size_t c = 0; c < whole; ++c) {
            add_panels<kLogChunkPanels>(&terms[c * kChunk], sums);
            if (all_equal(of_rows + c * kChunk, kChunk)) {
                subtract_panel(of_rows + c * kChunk, &logarithms[c * kPanelRows], sums);
            } else {
                subtract_rows(of_rows + c * kChunk, kChunk, &factors[c * kChunk], sums);
            }
        }
        for (std::size_t i = whole * kChunk; i < count; i += kPanelRows) add_panels<1>(terms + i, sums);
        subtract_rows(of_rows + whole * kChunk, count - whole * kChunk, &factors[whole * kChunk], sums);
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
