#include "simd/levels/negative_binomial.hpp"

#include "math/elementary.hpp"
#include "simd/levels/lanes.hpp"
#include "simd/model_loops.hpp"

namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {
namespace {

constexpr std::size_t kBuffer = 32 * kPanelRows;
constexpr double kSmall = 0.01;

// x − log(1 + x) for 0 <= x < kSmall, to 1e-17 of it.
inline double excess_over_logarithm(double x) {
    return x * x *
           polynomial(x, 1.0 / 2, -1.0 / 3, 1.0 / 4, -1.0 / 5, 1.0 / 6, -1.0 / 7, 1.0 / 8, -1.0 / 9,
                      1.0 / 10);
}

// With x = e^{η−ρ} and σ = x / (1 + x): ∂ℓ/∂ρ = w[(y + r)σ − r log(1 + x)], where x is small r(x − log(1 +
// x))
// + (y − rx)σ, which cancels nothing. Errors of 1e-14 of the largest term.
void differentiate(const double* y, const double* w, double rho, double r, std::size_t n, double* eta,
                   double* of_rho, double* values) {
    for (std::size_t i = 0; i < n; ++i) {
        const double t = eta[i] - rho;
        const double e = exponential(t < 0.0 ? t : -t);
        const double share = (t < 0.0 ? e : 1.0) / (1.0 + e);
        const double logarithm = (t < 0.0 ? 0.0 : t) + logarithm_one_plus(e);
        const double small = r * excess_over_logarithm(e) + (y[i] - r * e) * share;
        const double large = (y[i] + r) * share - r * logarithm;
        of_rho[i] = w[i] * (t < 0.0 && e < kSmall ? small : large);
        values[i] = w[i] * (y[i] * eta[i] - (y[i] + r) * logarithm);
        eta[i] = w[i] * (y[i] - (y[i] + r) * share);
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

}  // namespace

void negative_binomial(const double* y, const double* w, double rho, std::size_t n, double* eta,
                       double* of_rho, double* log_likelihood) {
    const double r = exponential(rho);
    double slopes[kBuffer], values[kBuffer];
    for (std::size_t first = 0; first < n; first += kBuffer) {
        const std::size_t count = n - first < kBuffer ? n - first : kBuffer;
        differentiate(y + first, w + first, rho, r, count, eta + first, slopes, values);
        add(slopes, count, of_rho);
        if (log_likelihood != nullptr) add(values, count, log_likelihood);
    }
}

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
