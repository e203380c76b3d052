#include "likelihood/class_counts.hpp"

#include <algorithm>

#include "linalg/panels.hpp"

namespace polyagamma {

ClassCounts::ClassCounts(const double* given, const double* all, std::size_t n, std::size_t q)
    : rows(n), predictors(q), stride(padded_rows(n)), counts(q * stride), trials(stride) {
    for (std::size_t k = 0; k < q; ++k) std::copy_n(given + k * n, n, &counts[k * stride]);
    std::copy_n(all, n, trials.begin());
}

ClassCounts ClassCounts::merged(const std::vector<std::size_t>& place, std::size_t m) const {
    Vector sums(predictors * m), all(m);
    for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t k = 0; k < predictors; ++k) sums[k * m + place[i]] += counts[k * stride + i];
        all[place[i]] += trials[i];
    }
    return {sums.data(), all.data(), m, predictors};
}

}  // namespace polyagamma
