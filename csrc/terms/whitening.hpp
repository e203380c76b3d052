#pragma once

#include <cstddef>

#include "linalg/aligned.hpp"
#include "linalg/panels.hpp"
#include "terms/linear_model.hpp"

namespace polyagamma {

// The whitening u in which the samplers work: coefficients = centre + basis · u. There
//     log π(u) = Σ ℓ_i(η₀ᵢ + (M u)_i) − ½ uᵀPu − uᵀs − constant,
// with M = X · basis, η₀ = offset + X · centre, P = basisᵀ Λ basis, s = basisᵀ Λ (centre − m₀).
class Whitening {
  public:
    // The coefficients themselves: centre 0, basis I.
    explicit Whitening(const Model& model);

    // Another centre (size) and basis (size, size), row-major, any invertible matrix.
    void assign(const Model& model, const double* centre, const double* basis);
    // The same, given relative to the present whitening: u = centre + basis · new u.
    void move(const Model& model, const double* centre, const double* basis);

    std::size_t size() const { return matrix_.columns(); }
    const Panels& matrix() const { return matrix_; }
    const Vector& predictor() const { return predictor_; }  // η₀, padded
    const Vector& precision() const { return precision_; }  // P, full
    const Vector& linear() const { return linear_; }        // s
    const Vector& centre() const { return centre_; }
    const Vector& basis() const { return basis_; }
    const Blas& blas() const { return blas_; }

    void coefficients(const double* u, double* beta) const;
    // −½ uᵀPu − uᵀs − constant; `gradient` (size), if given, is set to its gradient −Pu − s.
    double log_prior(const double* u, double* gradient) const;

  private:
    void set_prior(const GaussianPrior& prior);

    const Blas& blas_;
    Panels matrix_;
    Vector centre_, basis_, predictor_, precision_, linear_;
    double constant_ = 0.0;
};

}  // namespace polyagamma
