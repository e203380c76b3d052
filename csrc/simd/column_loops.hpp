#pragma once

#include <cstddef>

namespace polyagamma {

// Sums over whole panels of rows, for updates of one or two coefficients at a time. Sums are made lane by
// lane.
struct ColumnLoops {
    // As `dot` of linalg/dense.hpp, to the bit: with that one a run on 100 rows takes a sixth longer.
    double (*dot)(const double* x, const double* r, std::size_t n);
    // xᵀ diag(w) y.
    double (*weighted_dot)(const double* x, const double* w, const double* y, std::size_t n);
    // r − diag(w) (a x + b y), in place of r.
    void (*subtract)(const double* w, double a, const double* x, double b, const double* y, std::size_t n,
                     double* r);
};

}  // namespace polyagamma
