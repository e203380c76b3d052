#include "simd/levels/multinomial.hpp"

#include <algorithm>

#include "math/elementary.hpp"
#include "simd/levels/lanes.hpp"
#include "simd/model_loops.hpp"

namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {
namespace {

constexpr std::size_t kBlock = 8 * kPanelRows;  // rows whose sums stay in the first-level cache

// What is known of a block of rows: the largest of η and 0; Σ e^{η − largest} with that of the last class.
struct Sums {
    double largest[kBlock], exponentials[kBlock];
};

void find_largest(std::size_t rows, std::size_t predictors, const double* eta, std::size_t stride,
                  Sums& sums) {
    std::fill_n(sums.largest, rows, 0.0);
    for (std::size_t k = 0; k < predictors; ++k) {
        const double* own = eta + k * stride;
        for (std::size_t i = 0; i < rows; ++i)
            sums.largest[i] = own[i] > sums.largest[i] ? own[i] : sums.largest[i];
    }
}

// e^{η − largest} in place of η.
void exponentiate(std::size_t rows, std::size_t predictors, double* eta, std::size_t stride, Sums& sums) {
    for (std::size_t i = 0; i < rows; ++i) sums.exponentials[i] = exponential(-sums.largest[i]);
    for (std::size_t k = 0; k < predictors; ++k) {
        double* own = eta + k * stride;
        for (std::size_t i = 0; i < rows; ++i) own[i] = exponential(own[i] - sums.largest[i]);
        for (std::size_t i = 0; i < rows; ++i) sums.exponentials[i] += own[i];
    }
}

void add_log_likelihood(const double* values, const double* trials, std::size_t rows, const Sums& sums,
                        double* lanes) {
    double logarithms[kBlock];
    for (std::size_t i = 0; i < rows; ++i)
        logarithms[i] = trials[i] * (sums.largest[i] + logarithm(sums.exponentials[i]));
    Lanes total;
    load(total, lanes);
    for (std::size_t i = 0; i < rows; i += kPanelRows) add_difference(total, values + i, logarithms + i);
    store(total, lanes);
}

void multinomial_block(const double* counts, std::size_t counts_stride, const double* trials,
                       std::size_t rows, std::size_t predictors, double* eta, std::size_t stride,
                       double* log_likelihood) {
    Sums sums;
    double values[kBlock] = {};
    find_largest(rows, predictors, eta, stride, sums);
    for (std::size_t k = 0; log_likelihood != nullptr && k < predictors; ++k)
        for (std::size_t i = 0; i < rows; ++i)
            values[i] += counts[k * counts_stride + i] * eta[k * stride + i];
    exponentiate(rows, predictors, eta, stride, sums);
    if (log_likelihood != nullptr) add_log_likelihood(values, trials, rows, sums, log_likelihood);
    for (std::size_t i = 0; i < rows; ++i) values[i] = trials[i] / sums.exponentials[i];
    for (std::size_t k = 0; k < predictors; ++k)
        for (std::size_t i = 0; i < rows; ++i)
            eta[k * stride + i] = counts[k * counts_stride + i] - values[i] * eta[k * stride + i];
}

}  // namespace

void multinomial(const double* counts, std::size_t counts_stride, const double* trials, std::size_t n,
                 std::size_t predictors, double* eta, std::size_t stride, double* log_likelihood) {
    for (std::size_t first = 0; first < n; first += kBlock)
        multinomial_block(counts + first, counts_stride, trials + first, std::min(kBlock, n - first),
                          predictors, eta + first, stride, log_likelihood);
}

void probabilities(std::size_t n, std::size_t predictors, double* eta, std::size_t stride) {
    for (std::size_t first = 0; first < n; first += kBlock) {
        const std::size_t rows = std::min(kBlock, n - first);
        Sums sums;
        find_largest(rows, predictors, eta + first, stride, sums);
        exponentiate(rows, predictors, eta + first, stride, sums);
        for (std::size_t k = 0; k < predictors; ++k)
            for (std::size_t i = 0; i < rows; ++i) eta[k * stride + first + i] /= sums.exponentials[i];
    }
}

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
