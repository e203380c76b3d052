#pragma once

#include <cstddef>

#include "linalg/aligned.hpp"
#include "linalg/panels.hpp"
#include "terms/linear_model.hpp"
#include "terms/whitened_prior.hpp"

namespace polyagamma {

// The coordinates u in which the samplers work: coefficients = centre + basis · u. There
//     log π(u) = Σ ℓ_i(η₀ᵢ + (M u)_i) + log prior(u),
// with M = X · basis, η₀ = offset + X · centre.
class Whitening {
  public:
    // The coefficients themselves: centre 0, basis I.
    explicit Whitening(const LinearModel& model);

    // Another centre (size) and basis (size, size), row-major, any invertible matrix.
    void assign(const LinearModel& model, const double* centre, const double* basis);
    // The same, given relative to the present coordinates: u = centre + basis · new u.
    void move(const LinearModel& model, const double* centre, const double* basis);

    std::size_t size() const { return matrix_.columns(); }
    const Panels& matrix() const { return matrix_; }
    const Vector& predictor() const { return predictor_; }  // η₀, padded
    // The model's prior in these coordinates, at the scales that it has itself.
    const WhitenedPrior& prior() const { return prior_; }
    // Another one.
    WhitenedPrior whiten(const GaussianPrior& prior) const { return {prior, centre_, basis_, blas_}; }
    const Vector& centre() const { return centre_; }
    const Vector& basis() const { return basis_; }
    const Blas& blas() const { return blas_; }

    // η of the padded rows.
    void predictors(const double* u, double* eta) const;
    void coefficients(const double* u, double* beta) const;
    // The last `count` of them.
    void last_coefficients(const double* u, std::size_t count, double* beta) const;
    // The row of the basis that makes the last but `back`.
    const double* last_row(std::size_t back) const { return &basis_[(size() - 1 - back) * size()]; }

  private:
    const Blas& blas_;
    Panels matrix_;
    Vector centre_, basis_, predictor_;
    WhitenedPrior prior_;
};

}  // namespace polyagamma
