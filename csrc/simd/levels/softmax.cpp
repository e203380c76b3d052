#include "simd/levels/softmax.hpp"

#include <algorithm>

#include "math/elementary.hpp"

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

// The largest η stands for e^0: of the others, each is the smaller of itself and the largest before it.
void log_sums_of_block(std::size_t first, std::size_t rows, std::size_t n, std::size_t functions,
                       const EllipsePoint& point, double* out) {
    double largest[kBlock], so_far[kBlock], sums[kBlock];
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
    for (std::size_t i = 0; i < rows; ++i) out[first + i] = largest[i] + logarithm(sums[i]);
}

}  // namespace

void log_sums(std::size_t n, std::size_t functions, const EllipsePoint& point, double* out) {
    for (std::size_t first = 0; first < n; first += kBlock)
        log_sums_of_block(first, std::min(kBlock, n - first), n, functions, point, out);
}

void softmax(std::size_t n, std::size_t functions, double* eta, double* log_sums) {
    for (std::size_t first = 0; first < n; first += kBlock)
        softmax_block(std::min(kBlock, n - first), n, functions, eta + first, log_sums + first);
}

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
