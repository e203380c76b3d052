#pragma once

#include <cstddef>

namespace polyagamma {

// Columns of a triangle that are worked on at a time, in memory of their own where rows follow each other.
inline constexpr std::size_t kFactorColumns = 32;

// Where element (i, j) of a matrix is: at data[i * row + j * column].
struct Strides {
    std::size_t row, column;
};

// Cholesky factors and inverses of symmetric matrices for n up to some hundreds, where LAPACK's cost of calls
// and of copies is as large as that of arithmetic. A matrix is its lower triangle; nothing above it is read
// or written. `work` has n (kFactorColumns + 1) numbers, on a cache line.
struct FactorLoops {
    // A = L Lᵀ, from `a` (n, n), row-major, into `factor`, which may be a or its upper triangle. Returns the
    // first pivot that is not positive; n if all are.
    std::size_t (*cholesky)(const double* a, std::size_t n, double* factor, Strides strides, double* work);
    // L, row-major, becomes A⁻¹.
    void (*invert)(double* l, std::size_t n, double* work);
};

}  // namespace polyagamma
