#include "terms/additive_gram.hpp"

#include <algorithm>

namespace polyagamma {

AdditiveGram::AdditiveGram(const AdditiveDesign& design)
    : design_(&design),
      columns_(design.columns()),
      d_(design.groups() * columns_ * columns_),
      b_(columns_ == 0 ? 0 : columns_ * design.first_neighbour(design.groups())),
      c_(design.rest() * design.rest()),
      r_(design.size()) {}

void AdditiveGram::assign(const double* precision, const double* linear) {
    for (Vector* part : {&d_, &b_, &c_, &r_}) std::fill(part->begin(), part->end(), 0.0);
    for (std::size_t g = 0; g < design_->row_groups(); ++g)
        for (std::size_t row = design_->first_row(g); row < design_->first_row(g + 1); ++row)
            add_row(g, row, precision[row], linear[row]);
}

void AdditiveGram::add_row(std::size_t g, std::size_t row, double weight, double linear) {
    const SparseRows& rest = design_->rest_rows();
    const std::size_t begin = rest.start[row], end = rest.start[row + 1], m = design_->rest();
    const double* own = design_->group_values(row);
    const std::size_t before = design_->groups() * columns_;
    const std::size_t neighbours = columns_ == 0 ? 0 : design_->neighbours(g);
    for (std::size_t a = 0; a < columns_; ++a) {
        const double weighted = weight * own[a];
        double* d = &d_[(g * columns_ + a) * columns_];
        for (std::size_t b = 0; b <= a; ++b) d[b] += weighted * own[b];
        r_[g * columns_ + a] += linear * own[a];
        double* products = b_.data() + columns_ * design_->first_neighbour(g) + a * neighbours;
        for (std::size_t e = begin; e < end; ++e) products[design_->slot()[e]] += weighted * rest.value[e];
    }
    for (std::size_t e = begin; e < end; ++e) {
        const auto i = static_cast<std::size_t>(rest.index[e]);
        const double weighted = weight * rest.value[e];
        double* c = &c_[i * m];
        for (std::size_t f = begin; f <= e; ++f) c[rest.index[f]] += weighted * rest.value[f];
        r_[before + i] += linear * rest.value[e];
    }
}

}  // namespace polyagamma
