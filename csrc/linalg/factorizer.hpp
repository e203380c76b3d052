#pragma once

#include <cstddef>

#include "linalg/aligned.hpp"
#include "linalg/blas.hpp"
#include "linalg/status.hpp"

namespace polyagamma {

// Cholesky factors and inverses of matrices (n, n), with the memory that they need: LAPACK's or, once asked
// for, the core's own loops, which take about half the time of OpenBLAS's at n = 90 to 150. They round
// differently. A matrix is its lower triangle, row-major, as in dense.hpp.
class Factorizer {
  public:
    Factorizer(const Blas& blas, std::size_t n) : blas_(&blas), n_(n) {}
    void use_own_loops();

    // A into L, A = L Lᵀ. `index` of a failure is the leading minor (from 0).
    Status cholesky(double* a);
    // A stays but for its diagonal, and L, transposed, is on and above that.
    Status cholesky_above(double* a);
    // L into A⁻¹.
    void invert(double* l);

  private:
    bool own() const { return !work_.empty(); }
    void mirror(double* a) const;
    Status result_of(std::size_t reached) const;

    const Blas* blas_;
    std::size_t n_;
    Vector work_;  // of the own loops
};

}  // namespace polyagamma
