#include "simd/levels/multinomial.hpp"

#include <algorithm>

#include "math/elementary.hpp"
#include "simd/levels/lanes.hpp"
#include "simd/model_loops.hpp"

namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {
namespace {

constexpr std::size_t kBlock = 8 * kPanelRows;  // rows whose sums stay in the first-level cache
constexpr double kLarge = 600.0;                // sums of e^η, of no larger η, are finite

// What is known of a block of rows: the largest of η and 0, or 0 where it is not large; Σ e^{η − shift} with
// that of the last class.
struct Sums {
    double shift[kBlock], exponentials[kBlock];
};

// Whether one of the rows has a large η; shift: the largest of each and 0.
bool find_largest(std::size_t rows, std::size_t predictors, const double* eta, std::size_t stride,
                  double* largest) {
    std::fill_n(largest, rows, 0.0);
    for (std::size_t k = 0; k < predictors; ++k) {
        const double* own = eta + k * stride;
        for (std::size_t i = 0; i < rows; ++i) largest[i] = own[i] > largest[i] ? own[i] : largest[i];
    }
    double of_lane[kPanelRows] = {};
    for (std::size_t i = 0; i < rows; i += kPanelRows)
        for (std::size_t j = 0; j < kPanelRows; ++j)
            of_lane[j] = largest[i + j] > of_lane[j] ? largest[i + j] : of_lane[j];
    return *std::max_element(of_lane, of_lane + kPanelRows) > kLarge;
}

// Subtracts the largest η of rows where that is large: of those alone, so that what is found of a row does
// not depend on others.
void subtract_shifts(std::size_t rows, std::size_t predictors, double* eta, std::size_t stride, Sums& sums) {
    if (!find_largest(rows, predictors, eta, stride, sums.shift)) {
        std::fill_n(sums.shift, rows, 0.0);
        std::fill_n(sums.exponentials, rows, 1.0);
        return;
    }
    for (std::size_t i = 0; i < rows; ++i) {
        sums.shift[i] = sums.shift[i] > kLarge ? sums.shift[i] : 0.0;
        sums.exponentials[i] = exponential_of_moderate(-sums.shift[i]);
    }
    for (std::size_t k = 0; k < predictors; ++k)
        for (std::size_t i = 0; i < rows; ++i) eta[k * stride + i] -= sums.shift[i];
}

// e^{η − shift} in place of η.
void exponentiate(std::size_t rows, std::size_t predictors, double* eta, std::size_t stride, Sums& sums) {
    subtract_shifts(rows, predictors, eta, stride, sums);
    for (std::size_t k = 0; k < predictors; ++k) {
        double* own = eta + k * stride;
        for (std::size_t i = 0; i < rows; ++i) {
            const double e = exponential_of_moderate(own[i]);
            own[i] = e;
            sums.exponentials[i] += e;
        }
    }
}

void add_log_likelihood(const double* values, const double* trials, std::size_t rows, const Sums& sums,
                        double* lanes) {
    double logarithms[kBlock];
    for (std::size_t i = 0; i < rows; ++i)
        logarithms[i] = trials[i] * (sums.shift[i] + logarithm(sums.exponentials[i]));
    Lanes total;
    load(total, lanes);
    for (std::size_t i = 0; i < rows; i += kPanelRows) add_difference(total, values + i, logarithms + i);
    store(total, lanes);
}

// The derivative alone where no η is large: of so few predictors that exponentials stay in registers. With
// the arithmetic of `multinomial_block`.
template <std::size_t Predictors>
void derivative_of_few(const double* counts, std::size_t counts_stride, const double* trials,
                       std::size_t rows, double* eta, std::size_t stride) {
    for (std::size_t i = 0; i < rows; ++i) {
        double e[Predictors], sum = 1.0;
        for (std::size_t k = 0; k < Predictors; ++k)
            sum += e[k] = exponential_of_moderate(eta[k * stride + i]);
        const double share = trials[i] / sum;
        for (std::size_t k = 0; k < Predictors; ++k)
            eta[k * stride + i] = counts[k * counts_stride + i] - share * e[k];
    }
}

using DerivativeOfFew = void (*)(const double*, std::size_t, const double*, std::size_t, double*,
                                 std::size_t);

DerivativeOfFew derivative_of_few(std::size_t predictors) {
    constexpr DerivativeOfFew kAll[] = {derivative_of_few<2>, derivative_of_few<3>, derivative_of_few<4>};
    return predictors >= 2 && predictors <= 4 ? kAll[predictors - 2] : nullptr;
}

void multinomial_block(const double* counts, std::size_t counts_stride, const double* trials,
                       std::size_t rows, std::size_t predictors, double* eta, std::size_t stride,
                       double* log_likelihood) {
    Sums sums;
    if (const auto of_few = derivative_of_few(predictors);
        of_few != nullptr && log_likelihood == nullptr &&
        !find_largest(rows, predictors, eta, stride, sums.shift))
        return of_few(counts, counts_stride, trials, rows, eta, stride);
    double values[kBlock];
    if (log_likelihood != nullptr) std::fill_n(values, rows, 0.0);
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
        exponentiate(rows, predictors, eta + first, stride, sums);
        for (std::size_t k = 0; k < predictors; ++k)
            for (std::size_t i = 0; i < rows; ++i) eta[k * stride + first + i] /= sums.exponentials[i];
    }
}

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
