#pragma once

#include <cstddef>

#include "linalg/aligned.hpp"
#include "linalg/blas.hpp"
#include "linalg/factorizer.hpp"
#include "linalg/status.hpp"
#include "terms/additive_rows.hpp"
#include "terms/shrunk_model.hpp"

namespace polyagamma {

// What pseudo-data of rows say about coefficients: G = XᵀWX and r = Xᵀc.
struct ShrunkGram {
    explicit ShrunkGram(std::size_t size) : matrix(size * size), linear(size) {}
    void assign(const ShrunkModel& model, const GaussianRows& rows);

    Vector matrix;  // (size, size), in full
    Vector linear;
};

// The conditional Gaussian of deviations γ ~ N(0, S²) given pseudo-data, N(P⁻¹r, P⁻¹) with P = G + S⁻², by
// the Cholesky factor of I + S G S = L Lᵀ: no variance is too small or too large for it.
class ShrunkFactor {
  public:
    ShrunkFactor(std::size_t size, const Blas& blas)
        : blas_(&blas), factorizer_(blas, size), root_(size), lower_(size * size), shift_(size) {
        factorizer_.use_own_loops();
    }

    Status assign(const ShrunkGram& gram, const Vector& variance);

    // log ∫ N(γ; 0, S²) e^{rᵀγ − ½ γᵀGγ} dγ.
    double log_normalizer() const { return log_normalizer_; }
    // γ = S L⁻ᵀ(w + u), w = L⁻¹S r: standard normal u are a draw; and back.
    void coefficients(const double* u, double* gamma) const;
    void whiten(const double* gamma, double* u) const;
    // h becomes L⁻¹S h: a derivative with respect to γ one with respect to u.
    void pull_back(double* h) const;

    const Vector& root() const { return root_; }  // S
    // (L Lᵀ)⁻¹ (size, size), in full.
    Vector inverse() const;

  private:
    const Blas* blas_;
    Factorizer factorizer_;
    Vector root_, lower_, shift_;
    double log_normalizer_ = 0.0;
};

}  // namespace polyagamma
