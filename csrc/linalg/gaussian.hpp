#pragma once

#include <cstddef>

#include "linalg/blas.hpp"
#include "linalg/status.hpp"

namespace polyagamma {

// A draw from N(Q⁻¹ r, Q⁻¹) with Q = L Lᵀ: x = L⁻ᵀ (L⁻¹ r + ε), ε ~ N(0, I).
// q (n, n): lower triangle of Q, overwritten by L. x (n): r on entry, the draw on return. normals (n): ε.
Status draw_from_precision(const Blas& blas, double* q, double* x, const double* normals, std::size_t n);

}  // namespace polyagamma
