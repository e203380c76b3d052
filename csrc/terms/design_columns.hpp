#pragma once

#include <cstddef>

#include "linalg/aligned.hpp"

namespace polyagamma {

// A dense design column by column, for updates of a few coefficients at a time.
struct DesignColumns {
    std::size_t stride;  // the padded rows
    Vector matrix;       // (columns, stride); padding is zero
    const Vector& offset;

    std::size_t count() const { return matrix.size() / stride; }
    const double* column(std::size_t j) const { return &matrix[j * stride]; }
};

}  // namespace polyagamma
