#include "simd/levels/softmax.hpp"

#include <algorithm>

#include "math/elementary.hpp"
#include "simd/lanes_sum.hpp"
#include "simd/model_loops.hpp"

namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {
namespace {

constexpr std::size_t kBlock = 64;  // rows whose sums stay in the first-level cache

// Rows of a block, `n` apart from one function to the next.
void softmax_block(std::size_t rows, std::size_t n, std::size_t functions, double* eta, double* log_sums) {
    double largest[kBlock], sums[kBlock] = {};
    std::copy_n(eta, rows, largest);
    for (std::size_t k = 1; k < functions; ++k)
        for (std::size_t i = 0; i < rows; ++i)
            largest[i] = eta[k * n + i] > largest[i] ? eta[k * n + i] : largest[i];
    for (std::size_t k = 0; k < functions; ++k) {
        double* own = eta + k * n;
        for (std::size_t i = 0; i < rows; ++i) own[i] = exponential(own[i] - largest[i]);
        for (std::size_t i = 0; i < rows; ++i) sums[i] += own[i];
    }
    for (std::size_t i = 0; i < rows; ++i) log_sums[i] = largest[i] + logarithm(sums[i]);
    for (std::size_t k = 0; k < functions; ++k)
        for (std::size_t i = 0; i < rows; ++i) eta[k * n + i] /= sums[i];
}

// Σ e^{η - largest} of the rows of a block. The largest η stands for e^0: of the others, each is the smaller
// of itself and the largest before it.
void sums_of_block(std::size_t first, std::size_t rows, std::size_t n, std::size_t functions,
                   const EllipsePoint& point, double* largest, double* sums) {
    double so_far[kBlock];
    for (std::size_t i = 0; i < rows; ++i) largest[i] = so_far[i] = point[first + i];
    for (std::size_t k = 1; k < functions; ++k) {
        for (std::size_t i = 0; i < rows; ++i) {
            const double eta = point[k * n + first + i];
            largest[i] = eta > largest[i] ? eta : largest[i];
        }
    }
    std::fill_n(sums, rows, 1.0);
    for (std::size_t k = 1; k < functions; ++k) {
        for (std::size_t i = 0; i < rows; ++i) {
            const double eta = point[k * n + first + i], before = so_far[i];
            sums[i] += exponential_of_moderate((eta > before ? before : eta) - largest[i]);
            so_far[i] = eta > before ? eta : before;
        }
    }
}

// Adds Σ (largest + log sum), lane by lane: one logarithm for the product of all sums of a lane, each of
// which is from 1 to the number of functions.
void add_logs(const double* largest, const double* sums, double* lanes) {
    double products[kPanelRows];
    std::fill_n(products, kPanelRows, 1.0);
    for (std::size_t i = 0; i < kBlock; i += kPanelRows)
        for (std::size_t lane = 0; lane < kPanelRows; ++lane) products[lane] *= sums[i + lane];
    for (std::size_t i = 0; i < kBlock; i += kPanelRows)
        for (std::size_t lane = 0; lane < kPanelRows; ++lane) lanes[lane] += largest[i + lane];
    for (std::size_t lane = 0; lane < kPanelRows; ++lane) lanes[lane] += logarithm(products[lane]);
}

void add_weighted_logs(const double* largest, const double* sums, const double* weights, std::size_t rows,
                       double* lanes) {
    double terms[kBlock] = {};
    for (std::size_t i = 0; i < rows; ++i) terms[i] = weights[i] * (largest[i] + logarithm(sums[i]));
    for (std::size_t i = 0; i < kBlock; i += kPanelRows)
        for (std::size_t lane = 0; lane < kPanelRows; ++lane) lanes[lane] += terms[i + lane];
}

}  // namespace

double total_log_sum(std::size_t n, std::size_t functions, const EllipsePoint& point, const double* weights) {
    double lanes[kPanelRows] = {};
    for (std::size_t first = 0; first < n; first += kBlock) {
        const std::size_t rows = std::min(kBlock, n - first);
        double largest[kBlock], sums[kBlock];
        std::fill_n(largest, kBlock, 0.0);
        std::fill_n(sums, kBlock, 1.0);
        sums_of_block(first, rows, n, functions, point, largest, sums);
        if (weights == nullptr)
            add_logs(largest, sums, lanes);
        else
            add_weighted_logs(largest, sums, weights + first, rows, lanes);
    }
    return sum_lanes(lanes);
}

void softmax(std::size_t n, std::size_t functions, double* eta, double* log_sums) {
    for (std::size_t first = 0; first < n; first += kBlock)
        softmax_block(std::min(kBlock, n - first), n, functions, eta + first, log_sums + first);
}

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
