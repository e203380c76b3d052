#include "gibbs/row_strips.hpp"

#include <algorithm>

#include "kernels/model_kernels.hpp"
#include "linalg/panels.hpp"
#include "pg/sampler.hpp"

namespace polyagamma {
namespace {

constexpr std::size_t kMaxStrips = 16;
constexpr std::size_t kVectorUnitPanels = 4;  // those that the products take at once

}  // namespace

RowStrips RowStrips::for_vectors(std::size_t rows) {
    constexpr std::size_t kRows = 1024;
    return {rows, rows / kRows, kVectorUnitPanels};
}

RowStrips RowStrips::for_matrices(std::size_t rows, std::size_t k) {
    return {rows, std::min(rows / kBlock, rows / (16 * k)), kBlock / kPanelRows};
}

RowStrips::RowStrips(std::size_t rows, std::size_t most, std::size_t unit)
    : panels_(panels_for(rows)), unit_(unit), units_((panels_ + unit - 1) / unit) {
    while (2 * count_ <= std::min(most, kMaxStrips)) count_ *= 2;
}

std::size_t RowStrips::first_panel(std::size_t strip) const {
    return std::min(panels_, strip * units_ / count_ * unit_);
}

}  // namespace polyagamma
