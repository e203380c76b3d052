#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "linalg/aligned.hpp"

namespace polyagamma {

// A sparse matrix by rows: entries [start[i], start[i + 1]) are those of row i, by ascending column.
struct SparseRows {
    std::size_t columns = 0;
    std::vector<std::size_t> start{0};
    std::vector<std::int32_t> index;
    Vector value;  // empty if all of them are 1

    std::size_t rows() const { return start.size() - 1; }
    std::size_t entries() const { return index.size(); }
    double at(std::size_t entry) const { return value.empty() ? 1.0 : value[entry]; }
    void push(std::size_t column, double entry) {
        index.push_back(static_cast<std::int32_t>(column));
        value.push_back(entry);
    }
    void end_row() { start.push_back(index.size()); }
    SparseRows transposed() const;
};

}  // namespace polyagamma
