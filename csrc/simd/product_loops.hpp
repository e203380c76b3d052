#pragma once

#include <cstddef>

#include "simd/factor_loops.hpp"

namespace polyagamma {

// A block (rows, columns) of a row-major matrix whose rows are `stride` apart; if `lower`, its lower
// triangle.
struct ProductBlock {
    double* out;
    std::size_t stride, rows, columns;
    bool lower;
};

// Products of matrices with as many rows as data. They are packed: up to kFactorColumns columns at a time,
// whose rows follow each other with zeros in place of what columns they lack. Every element is one sum over
// rows in their order; without lanes that have to be added up, and with packed columns in the innermost
// cache, in half the time of a weighted_gram of 90 columns and 150 rows.
struct ProductLoops {
    // The first `columns` of panels (see model_loops.hpp) of k, packed, rows multiplied by `scales`.
    void (*pack_scaled)(const double* panels, std::size_t n_panels, std::size_t k, std::size_t columns,
                        const double* scales, double* packed);
    // Packed columns into others, rows multiplied by `scales`.
    void (*rescale)(const double* packed, std::size_t rows, const double* scales, double* out);
    // Adds factor leftᵀ right, of packed columns.
    void (*add_products)(const double* left, const double* right, std::size_t rows, double factor,
                         const ProductBlock& to);
};

}  // namespace polyagamma
