#include "terms/row_partition.hpp"

#include <algorithm>

#include "linalg/panels.hpp"
#include "pg/sampler.hpp"
#include "simd/model_loops.hpp"

namespace polyagamma {
namespace {

// Enough for threads; strips of more rows are small enough to be read one after the other, and many enough
// for the machines that such rows take.
std::size_t most_strips(std::size_t rows) {
    constexpr std::size_t kFewest = 16, kMost = 1024, kRows = std::size_t{1} << 17;
    return std::clamp(rows / kRows, kFewest, kMost);
}

constexpr std::size_t kManyRows = std::size_t{1} << 20;
constexpr std::size_t kVectorUnitPanels = 4;  // those that the products take at once

}  // namespace

RowPartition RowPartition::for_vectors(std::size_t rows) {
    constexpr std::size_t kRows = 1024;
    return {rows, rows / kRows, kVectorUnitPanels};
}

RowPartition RowPartition::for_matrices(std::size_t rows, std::size_t k) {
    return {rows, std::min(rows / kBlock, rows / (16 * k)), kBlock / kPanelRows};
}

RowPartition RowPartition::for_curvature(std::size_t rows, std::size_t k) {
    if (rows >= kManyRows) return for_matrices(rows, k);
    return {rows, 1, kBlock / kPanelRows};
}

RowPartition RowPartition::part(std::size_t begin, std::size_t end, std::size_t origin) const {
    RowPartition some(*this);
    some.first_ = first_ + begin;
    some.own_ = end - begin;
    some.origin_ = origin_ + origin;
    return some;
}

RowPartition RowPartition::joined(std::size_t begin, std::size_t end, std::size_t origin) const {
    RowPartition one = part(begin, end, origin);
    one.joined_ = one.own_;
    one.own_ = 1;
    return one;
}

RowPartition RowPartition::for_batches(std::size_t rows) {
    constexpr std::size_t kRows = 128;
    return {rows, rows / kRows, 1};
}

RowPartition::RowPartition(std::size_t rows, std::size_t most, std::size_t unit)
    : panels_(panels_for(rows)), unit_(unit), units_((panels_ + unit - 1) / unit) {
    while (2 * count_ <= std::min(most, most_strips(rows))) count_ *= 2;
    own_ = count_;
}

std::size_t RowPartition::first_panel(std::size_t strip) const {
    return std::min(panels_, (first_ + strip * joined_) * units_ / count_ * unit_) - origin_;
}

}  // namespace polyagamma
