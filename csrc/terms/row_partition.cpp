#include "terms/row_partition.hpp"

#include <algorithm>

#include "linalg/panels.hpp"
#include "pg/sampler.hpp"
#include "simd/model_loops.hpp"

namespace polyagamma {
namespace {

constexpr std::size_t kMaxStrips = 16;
constexpr std::size_t kVectorUnitPanels = 4;  // those that the products take at once

}  // namespace

RowPartition RowPartition::for_vectors(std::size_t rows) {
    constexpr std::size_t kRows = 1024;
    return {rows, rows / kRows, kVectorUnitPanels};
}

RowPartition RowPartition::for_matrices(std::size_t rows, std::size_t k) {
    return {rows, std::min(rows / kBlock, rows / (16 * k)), kBlock / kPanelRows};
}

RowPartition RowPartition::for_batches(std::size_t rows) {
    constexpr std::size_t kRows = 64;
    return {rows, rows / kRows, 1};
}

RowPartition::RowPartition(std::size_t rows, std::size_t most, std::size_t unit)
    : panels_(panels_for(rows)), unit_(unit), units_((panels_ + unit - 1) / unit) {
    while (2 * count_ <= std::min(most, kMaxStrips)) count_ *= 2;
}

std::size_t RowPartition::first_panel(std::size_t strip) const {
    return std::min(panels_, strip * units_ / count_ * unit_);
}

}  // namespace polyagamma
