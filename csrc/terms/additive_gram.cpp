#include "terms/additive_gram.hpp"

#include <algorithm>

#include "linalg/weighted_gram.hpp"
#include "simd/lanes_sum.hpp"
#include "simd/loops.hpp"

namespace polyagamma {

AdditiveGram::AdditiveGram(const AdditiveDesign& design)
    : design_(&design),
      columns_(design.columns()),
      d_(design.groups() * columns_ * columns_),
      b_(columns_ == 0 ? 0 : columns_ * design.first_neighbour(design.groups())),
      c_(design.rest() * design.rest()),
      r_(design.size()) {
    if (!design.meets_all()) return;
    full_ = Panels(padded_rows(design.groups()) * columns_, design.rest());
    full_d_.resize(padded_rows(design.groups()) * columns_ * columns_);
}

void AdditiveGram::assign(const double* precision, const double* linear) {
    for (Vector* part : {&d_, &b_, &c_, &r_}) std::fill(part->begin(), part->end(), 0.0);
    if (design_->dense() > 0) add_dense(precision, linear);
    for (std::size_t g = 0; g < design_->row_groups(); ++g) {
        for (std::size_t row = design_->first_row(g); row < design_->first_row(g + 1); ++row) {
            add_group(g, row, precision[row], linear[row]);
            add_row(row, precision[row], linear[row]);
        }
    }
    if (design_->meets_all()) put_side_by_side();
}

// Among the dense columns.
void AdditiveGram::add_dense(const double* precision, const double* linear) {
    const Panels& dense = design_->dense_rows();
    const std::size_t p = dense.columns(), m = design_->rest();
    Vector gram(p * p), sums(p * kPanelRows);
    add_weighted_gram(dense, 0, dense.count(), precision, gram.data());
    loops().model.transposed(dense.panel(0), dense.count(), p, linear, 1, padded_rows(dense.rows()),
                             sums.data());
    for (std::size_t i = 0; i < p; ++i) {
        std::copy_n(&gram[i * p], i + 1, &c_[i * m]);
        r_[design_->groups() * columns_ + i] = sum_lanes(&sums[i * kPanelRows]);
    }
}

// What the group's columns make with all of a row.
void AdditiveGram::add_group(std::size_t g, std::size_t row, double weight, double linear) {
    if (columns_ == 0) return;
    const SparseRows& rest = design_->rest_rows();
    const std::size_t begin = rest.start[row], end = rest.start[row + 1];
    const std::size_t p = design_->dense(), neighbours = design_->neighbours(g);
    const double* own = design_->group_values(row);
    const double* dense = design_->dense_rows().panel(row / kPanelRows) + row % kPanelRows;
    for (std::size_t a = 0; a < columns_; ++a) {
        const double weighted = weight * own[a];
        double* d = &d_[(g * columns_ + a) * columns_];
        for (std::size_t b = 0; b <= a; ++b) d[b] += weighted * own[b];
        r_[g * columns_ + a] += linear * own[a];
        double* products = b_.data() + columns_ * design_->first_neighbour(g) + a * neighbours;
        for (std::size_t j = 0; j < p; ++j) products[j] += weighted * dense[j * kPanelRows];
        for (std::size_t e = begin; e < end; ++e) products[design_->slot()[e]] += weighted * rest.value[e];
    }
}

// What the sparse entries make with each other and with the dense columns, which are before them.
void AdditiveGram::add_row(std::size_t row, double weight, double linear) {
    const SparseRows& rest = design_->rest_rows();
    const std::size_t begin = rest.start[row], end = rest.start[row + 1], p = design_->dense();
    const std::size_t before = design_->groups() * columns_;
    const double* dense = design_->dense_rows().panel(row / kPanelRows) + row % kPanelRows;
    for (std::size_t e = begin; e < end; ++e) {
        const auto i = static_cast<std::size_t>(rest.index[e]);
        const double weighted = weight * rest.value[e];
        double* c = &c_[i * design_->rest()];
        for (std::size_t j = 0; j < p; ++j) c[j] += weighted * dense[j * kPanelRows];
        for (std::size_t f = begin; f <= e; ++f) c[rest.index[f]] += weighted * rest.value[f];
        r_[before + i] += linear * rest.value[e];
    }
}

void AdditiveGram::put_side_by_side() {
    for (std::size_t g = 0; g < design_->groups(); ++g) {
        const std::size_t lane = g % kPanelRows;
        for (std::size_t a = 0; a < columns_; ++a) {
            const std::size_t panel = g / kPanelRows * columns_ + a;
            const double* own = products(g) + a * design_->rest();
            for (std::size_t s = 0; s < design_->rest(); ++s)
                full_.panel(panel)[s * kPanelRows + lane] = own[s];
            for (std::size_t b = 0; b <= a; ++b)
                full_d_[(panel * columns_ + b) * kPanelRows + lane] = group(g)[a * columns_ + b];
        }
    }
}

}  // namespace polyagamma
