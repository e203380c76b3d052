#pragma once

#include <cstddef>

#include "linalg/aligned.hpp"
#include "linalg/panels.hpp"
#include "terms/linear_model.hpp"
#include "terms/whitened_prior.hpp"

namespace polyagamma {

// The coordinates u in which the samplers work: coefficients = centre + basis · u. There
//     log π(u) = Σ ℓ_i(η₀ᵢ + (M u)_i) + log prior(u),
// with M = X · basis, η₀ = offset + X · centre. Where rows have several predictors, with coefficients of
// their own one after the other, M is not made, for X serves them all: passes over X start from the
// coefficients, η₀ is the offset, and what they end with is pulled back by basisᵀ. Likelihood's extras are
// the last coefficients.
class Whitening {
  public:
    // The coefficients themselves: centre 0, basis I.
    explicit Whitening(const LinearModel& model);

    // Another centre (size) and basis (size, size), row-major, any invertible matrix.
    void assign(const LinearModel& model, const double* centre, const double* basis);
    // The same, given relative to the present coordinates: u = centre + basis · new u.
    void move(const LinearModel& model, const double* centre, const double* basis);
    // Back to the coefficients themselves.
    void reset(const LinearModel& model);

    std::size_t size() const { return centre_.size(); }
    std::size_t predictors() const { return predictors_; }
    // The rows, if they are elsewhere: then M and η₀ are not made. Of several predictors they are asked in
    // coefficients.
    DistantRows* distant() const { return distant_; }
    // Whether there is an M.
    bool folded() const { return predictors_ == 1; }
    const Panels& matrix() const { return matrix_; }        // M, or X
    const Vector& predictor() const { return predictor_; }  // η₀, (predictors, padded)
    // Whether it may be other than 0.
    bool shifted() const { return shifted_; }
    // The model's prior in these coordinates, or of deviations, at the scales that it has itself.
    const WhitenedPrior& prior() const { return prior_; }
    // Another one, which must stay.
    WhitenedPrior whiten(const GaussianPrior& prior) const;
    const Vector& centre() const { return centre_; }
    const Vector& basis() const { return basis_; }
    const Blas& blas() const { return blas_; }

    // What passes multiply rows with (size): u, or of several predictors the coefficients.
    Vector point_of(const double* u) const;
    // η of the padded rows, (predictors, padded).
    void predictors_at(const double* u, double* eta) const;
    void coefficients(const double* u, double* beta) const;
    // The last `count` of them.
    void last_coefficients(const double* u, std::size_t count, double* beta) const;
    // The row of the basis that makes the last but `back`.
    const double* last_row(std::size_t back) const { return &basis_[(size() - 1 - back) * size()]; }

    // Of several predictors, for some chains (at most kBatchChains): deviations basis · u[c], that of chain c
    // at to + c * stride, where there is room for whole panels; gradients[c] = basisᵀ · deviation gradient,
    // padded with zeros. `work` is resized as they need it.
    void deviate(const double* const* u, std::size_t chains, double* to, std::size_t stride,
                 Vector& work) const;
    void pull_back(const double* from, std::size_t chains, std::size_t stride, double* const* gradients,
                   Vector& work) const;

  private:
    void find_predictor(const LinearModel& model);

    const Blas& blas_;
    DistantRows* distant_;
    std::size_t predictors_;
    Panels matrix_;
    Vector centre_, basis_, predictor_;
    bool shifted_;
    bool plain_ = true;    // whether the basis is I
    Panels basis_panels_;  // of several predictors
    WhitenedPrior prior_;
};

}  // namespace polyagamma
