#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "linalg/aligned.hpp"
#include "linalg/panels.hpp"
#include "linalg/sparse_rows.hpp"
#include "terms/effect_scales.hpp"

namespace polyagamma {

// Columns of an additive model, levels * columns of them, level by level, and their prior: with scales
// effects of levels, x_l ~ N(0, Σ); without, coefficients with a known mean and precision.
struct EffectBlock {
    std::size_t levels, columns;
    bool one_level;  // rows have entries of one level each: those of a factor, not of a basis
    bool dense;      // most of its entries are not zero
    std::shared_ptr<const EffectScales> scales;
    Vector mean, precision;  // of coefficients: (levels), (levels, levels)

    std::size_t size() const { return levels * columns; }
};

// Rows in the order of the levels of the block that is eliminated, each row once.
struct ArrangedRows {
    std::vector<std::size_t> place;  // of each of the rows before, among them
    std::vector<std::size_t> first;  // of each, one of the rows before
    std::vector<std::size_t> level;  // of each
};

// The design of an additive model, A x: its block with most levels, of which every row has one, and the rest,
// dense blocks first. Coordinates are in that order, blocks of a kind as they were given.
class AdditiveDesign {
  public:
    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

    // The block that is eliminated, of those of which every row has one level; kNone if there is none.
    static std::size_t eliminated(const std::vector<EffectBlock>& blocks);
    // The order of blocks among the coordinates.
    static std::vector<std::size_t> order(const std::vector<EffectBlock>& blocks);
    static ArrangedRows arrange(const SparseRows& matrix, const double* offset,
                                const std::vector<EffectBlock>& blocks);
    AdditiveDesign(const SparseRows& matrix, const ArrangedRows& rows,
                   const std::vector<EffectBlock>& blocks);

    std::size_t rows() const { return rest_.rows(); }
    std::size_t groups() const { return groups_; }  // of the eliminated block
    std::size_t columns() const { return columns_; }
    std::size_t rest() const { return rest_.columns; }
    std::size_t dense() const { return dense_.columns(); }  // columns of the rest, the first
    std::size_t size() const { return groups_ * columns_ + rest_.columns; }

    // Rows [first_row(g), first_row(g + 1)) are those of group g. Without an eliminated block all rows are of
    // one group without columns.
    std::size_t row_groups() const { return first_row_.size() - 1; }
    std::size_t first_row(std::size_t g) const { return first_row_[g]; }
    const double* group_values(std::size_t row) const { return group_values_.data() + row * columns_; }
    const Panels& dense_rows() const { return dense_; }
    const SparseRows& rest_rows() const { return rest_; }  // without the dense columns

    // Whether groups meet so much of the rest that their products with it are a full matrix: then all columns
    // count as met.
    bool meets_all() const { return meets_all_; }
    // Columns of the rest that the rows of group g have, ascending, the dense ones among them (unless groups
    // meet all); and where among them each entry of rest_rows is.
    std::size_t first_neighbour(std::size_t g) const { return first_neighbour_[g]; }
    std::size_t neighbours(std::size_t g) const { return first_neighbour_[g + 1] - first_neighbour_[g]; }
    const std::int32_t* neighbour(std::size_t g) const { return neighbour_.data() + first_neighbour_[g]; }
    const std::vector<std::int32_t>& slot() const { return slot_; }

    // A x for rows [first, first + count), first a multiple of kPanelRows; out: room for whole panels.
    void multiply(const double* x, std::size_t first, std::size_t count, double* out) const;
    // out += Aᵀ e for those rows, but for the dense columns, whose sums over all rows, lane by lane
    // (dense, kPanelRows), `add_dense` adds in the end; e: zero in the rows that fill up a panel.
    void add_transposed(const double* e, std::size_t first, std::size_t count, double* out,
                        Vector& dense_sums) const;
    void add_dense(const Vector& dense_sums, double* out) const;

  private:
    void find_neighbours();
    void let_meet_all();
    template <class Work>
    void for_groups(std::size_t first, std::size_t count, Work work) const;
    double group_value(std::size_t row, std::size_t column) const {
        return group_values_[row * columns_ + column];
    }

    std::size_t groups_ = 0, columns_ = 0;
    std::vector<std::size_t> first_row_;
    std::vector<std::int32_t> group_;  // of each row
    Vector group_values_;              // (rows, columns)
    bool unit_ = false;                // whether all of them are 1: group intercepts
    Panels dense_;
    SparseRows rest_;
    bool meets_all_ = false;
    std::vector<std::size_t> first_neighbour_;
    std::vector<std::int32_t> neighbour_, slot_;
};

}  // namespace polyagamma
