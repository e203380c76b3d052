#include "terms/sparse_columns.hpp"

#include <algorithm>

namespace polyagamma {

SparseColumns::SparseColumns(const SparseDesign& design, const GaussianRows& rows)
    : design_(design), rows_(design.rows().rows()) {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        rows_[i] = {rows.precision[i], rows.linear[i]};
        precision_ += rows.precision[i];
        residual_ += rows.linear[i];
    }
}

// Σ ω (x − m)² = Σ ω x² − m (2 Σ ω x − m Σ ω), and likewise with r.
SparseColumns::Sums SparseColumns::of(std::size_t coefficient) const {
    const SparseRows& columns = design_.transposed();
    const std::size_t j = design_.column_of(coefficient);
    double first = 0.0, second = 0.0, slope = 0.0;
    for (std::size_t e = columns.start[j]; e < columns.start[j + 1]; ++e) {
        const Row& row = rows_[static_cast<std::size_t>(columns.index[e])];
        const double x = columns.at(e), wx = row.precision * x;
        first += wx;
        second += wx * x;
        slope += row.residual * x;
    }
    const double m = design_.centre()[j];
    return {std::max(0.0, second - m * (2.0 * first - m * precision_)),
            slope + shift_ * first - m * (residual_ + shift_ * precision_)};
}

void SparseColumns::change(std::size_t coefficient, double delta) {
    const SparseRows& columns = design_.transposed();
    const std::size_t j = design_.column_of(coefficient);
    for (std::size_t e = columns.start[j]; e < columns.start[j + 1]; ++e) {
        Row& row = rows_[static_cast<std::size_t>(columns.index[e])];
        const double change = delta * row.precision * columns.at(e);
        row.residual -= change;
        residual_ -= change;
    }
    shift_ += delta * design_.centre()[j];
}

}  // namespace polyagamma
