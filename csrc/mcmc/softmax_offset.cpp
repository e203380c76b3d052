#include "mcmc/softmax_offset.hpp"

#include <algorithm>
#include <cmath>

namespace polyagamma {

double log_sum(const SoftmaxRows& rows, const LatentState* states, std::size_t i, std::size_t except) {
    const auto eta = [&](std::size_t k) { return rows.offset[k * rows.n + i] + states[k].g[i]; };
    double largest = -HUGE_VAL, sum = 0.0;
    for (std::size_t k = 0; k < rows.functions; ++k)
        if (k != except) largest = std::max(largest, eta(k));
    for (std::size_t k = 0; k < rows.functions; ++k)
        if (k != except) sum += std::exp(eta(k) - largest);
    return largest + std::log(sum);
}

void find_offset(const SoftmaxRows& rows, const LatentState* states, std::size_t function, double* offset) {
    const double* own = rows.offset + function * rows.n;
    for (std::size_t i = 0; i < rows.n; ++i) offset[i] = own[i] - log_sum(rows, states, i, function);
}

}  // namespace polyagamma
