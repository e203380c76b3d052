#pragma once

#include <vector>

#include "linalg/aligned.hpp"
#include "linalg/blas.hpp"
#include "linalg/factorizer.hpp"
#include "linalg/status.hpp"
#include "terms/buffers.hpp"
#include "terms/term.hpp"

namespace polyagamma {

// The shift that pseudo-data z_k ~ N(g_k + shift, D_k⁻¹) of several functions have in common. The functions,
// g_k ~ N(0, K_k), integrated out, its precision is M = Σ_k (K_k + D_k⁻¹)⁻¹ = C Cᵀ (Rasmussen and Williams
// 2006, algorithm 3.3). Memory: two n x n matrices.
class DenseShift {
  public:
    DenseShift(std::size_t n, const Blas& blas);

    // The lower triangles of the (K_k + D_k⁻¹)⁻¹; log |M|.
    Status factor(Side side, const std::vector<const Vector*>& precisions, double& log_det);
    void swap_sides() { factors_.swap(); }

    // On a side last factored: x = M⁻¹ x.
    void solve(Side side, double* x);
    // Turns standard normals into a draw from N(0, M⁻¹).
    std::size_t noise_size() const { return n_; }
    void draw(Side side, const double* noise, double* shift);
    // Turns standard normals into those that `draw` makes this shift from.
    void invert_draw(Side side, const double* shift, double* noise);

  private:
    std::size_t n_;
    const Blas* blas_;
    Factorizer factorizer_;
    Buffers<Vector> factors_;  // C
};

}  // namespace polyagamma
