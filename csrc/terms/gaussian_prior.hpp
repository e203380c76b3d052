#pragma once

#include <cstddef>

#include "linalg/aligned.hpp"
#include "linalg/blas.hpp"
#include "linalg/status.hpp"

namespace polyagamma {

// N(m₀, Λ⁻¹) with Λ diagonal or full, or the coefficients of several predictors with Λ = B ⊗ Λ₁: Λ₁ (diagonal
// or full) of those of one, B between the predictors.
class GaussianPrior {
  public:
    GaussianPrior(const double* mean, const double* precision, std::size_t size, bool diagonal);
    // `mean`: of all coefficients, (between.size(), size).
    GaussianPrior(const double* mean, const double* precision, std::size_t size, bool diagonal,
                  const double* between, std::size_t predictors);

    std::size_t size() const { return mean_.size(); }
    const Vector& mean() const { return mean_; }
    bool diagonal() const { return diagonal_; }
    const Vector& precision_of_one() const { return precision_; }
    // B (predictors, predictors).
    const Vector& between() const { return between_; }
    std::size_t predictors() const { return predictors_; }
    // That of `more` coefficients after these, with mean and precision 0.
    GaussianPrior extended(std::size_t more) const;

    // y = Λ x.
    void apply_precision(const Blas& blas, const double* x, double* y) const;
    // c = Λ a, with a and c (size, columns).
    void multiply_precision(const Blas& blas, const double* a, std::size_t columns, double* c) const;
    // Λ itself (size, size).
    Vector precision() const;
    // G with Λ = G Gᵀ: its diagonal (size), or the lower triangular matrix (size, size).
    Status factor(const Blas& blas, Vector& g) const;

  private:
    std::size_t of_one() const { return mean_.size() / predictors_; }
    void multiply_one(const Blas& blas, const double* a, std::size_t columns, double* c) const;

    std::size_t predictors_ = 1;
    bool diagonal_;
    Vector mean_;
    Vector precision_;  // Λ₁: (of_one) or (of_one, of_one)
    Vector between_;    // (predictors, predictors)
};

}  // namespace polyagamma
