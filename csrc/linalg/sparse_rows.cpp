#include "linalg/sparse_rows.hpp"

#include <numeric>

namespace polyagamma {

SparseRows SparseRows::transposed() const {
    SparseRows result;
    result.columns = rows();
    result.start.assign(columns + 1, 0);
    for (const std::int32_t j : index) ++result.start[static_cast<std::size_t>(j) + 1];
    std::partial_sum(result.start.begin(), result.start.end(), result.start.begin());
    result.index.resize(entries());
    result.value.resize(value.size());
    std::vector<std::size_t> next(result.start.begin(), result.start.end() - 1);
    for (std::size_t i = 0; i < rows(); ++i) {
        for (std::size_t e = start[i]; e < start[i + 1]; ++e) {
            const std::size_t to = next[static_cast<std::size_t>(index[e])]++;
            result.index[to] = static_cast<std::int32_t>(i);
            if (!value.empty()) result.value[to] = value[e];
        }
    }
    return result;
}

}  // namespace polyagamma
