#pragma once

#include <cstddef>

#include "linalg/aligned.hpp"
#include "linalg/blas.hpp"
#include "linalg/factorizer.hpp"
#include "linalg/status.hpp"
#include "terms/term.hpp"

namespace polyagamma {

// The covariance function on the training inputs.
class CovarianceFunction {
  public:
    virtual ~CovarianceFunction() = default;
    // The lower triangle of the matrix (n, n), row-major, at log parameters `theta`. Threads call it at once.
    virtual Status evaluate(const double* theta, double* matrix) = 0;
};

// A covariance matrix K and its Cholesky factor L in the memory of one matrix: row-major, K below the
// diagonal (and its diagonal apart), L transposed on and above it.
class Covariance {
  public:
    Covariance(std::size_t n, const Blas& blas) : n_(n), blas_(&blas), square_(n * n), diagonal_(n) {}

    Status evaluate(CovarianceFunction& function, const double* theta);

    // Lower triangle of B = I + S K S, S = diag(scale), in row-major order.
    void scaled_plus_identity(const double* scale, double* b) const;

    // K = L Lᵀ, unless that has been done since the last evaluation.
    Status factor(Factorizer& factorizer);
    // x = L x and x = Lᵀ x, after factor().
    void multiply_factor(double* x) const { triangular_product('N', x); }
    void multiply_factor_transposed(double* x) const { triangular_product('T', x); }

  private:
    void triangular_product(char trans, double* x) const;

    std::size_t n_;
    const Blas* blas_;
    Vector square_;
    Vector diagonal_;
    bool factored_ = false;
};

}  // namespace polyagamma
