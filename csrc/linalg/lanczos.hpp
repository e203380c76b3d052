#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "linalg/aligned.hpp"
#include "linalg/blas.hpp"
#include "linalg/status.hpp"

namespace polyagamma {

// A pair of a symmetric matrix: value and vector of norm 1.
struct EigenPair {
    double value;
    Vector vector;
};

// The pairs of a symmetric matrix of that order, known by its products alone, that so many Lanczos steps
// have found to within `tolerance` of their values: those far from the bulk of the spectrum, of which they
// take the ends (Golub and Van Loan, Matrix Computations, section 10.1; all vectors are kept orthogonal).
// `start`: (order), not zero; what it becomes has no meaning.
Status lanczos(const Blas& blas, const std::function<void(const double*, double*)>& product,
               std::size_t steps, double tolerance, Vector& start, std::vector<EigenPair>& found);

}  // namespace polyagamma
