#pragma once

#include <cstddef>

#include "linalg/aligned.hpp"
#include "terms/additive_design.hpp"

namespace polyagamma {

// AᵀWA and Aᵀc of rows with precisions w and linear terms c, as an arrow: blocks D_g of the groups, their
// products B_g with the columns that they meet, and C of the rest.
class AdditiveGram {
  public:
    explicit AdditiveGram(const AdditiveDesign& design);

    void assign(const double* precision, const double* linear);

    const AdditiveDesign& design() const { return *design_; }
    const double* group(std::size_t g) const { return d_.data() + g * columns_ * columns_; }  // D_g, lower
    // B_g (columns, neighbours).
    const double* products(std::size_t g) const { return b_.data() + columns_ * design_->first_neighbour(g); }
    // Of all groups, where they meet all, in the order of FullArms: B, and element (a, b) of D of the groups
    // of panel t, side by side.
    const Panels& full_products() const { return full_; }
    const double* full_group(std::size_t t, std::size_t a, std::size_t b) const {
        return &full_d_[((t * columns_ + a) * columns_ + b) * kPanelRows];
    }
    const Vector& rest() const { return c_; }    // C (rest, rest), lower
    const Vector& linear() const { return r_; }  // (size)

  private:
    void add_dense(const double* precision, const double* linear);
    void add_group(std::size_t g, std::size_t row, double weight, double linear);
    void add_row(std::size_t row, double weight, double linear);
    void put_side_by_side();

    const AdditiveDesign* design_;
    std::size_t columns_;
    Vector d_, b_, c_, r_;
    Panels full_;
    Vector full_d_;
};

}  // namespace polyagamma
