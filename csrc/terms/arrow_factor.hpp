#pragma once

#include <cstddef>
#include <memory>

#include "linalg/aligned.hpp"
#include "linalg/blas.hpp"
#include "linalg/status.hpp"
#include "terms/additive_gram.hpp"
#include "terms/additive_prior.hpp"
#include "terms/group_arms.hpp"

namespace polyagamma {

// The conditional Gaussian of the coordinates x given θ and pseudo-data, N(P⁻¹r, P⁻¹) with P = AᵀWA + Q(θ)
// and r = Aᵀc + Qμ, by a Cholesky factor whose first block are the groups, which do not meet each other:
//     P = L Lᵀ,  L = [C 0; Uᵀ S],  C_g C_gᵀ = D_g + Λ,  U_g = C_g⁻¹ B_g,  S Sᵀ = C + Q₂ − Σ U_gᵀ U_g.
class ArrowFactor {
  public:
    ArrowFactor(const AdditiveDesign& design, const AdditivePrior& prior, const Blas& blas);

    Status assign(const AdditiveGram& gram, const double* theta);

    // Multiplications that `assign` takes.
    static double work(const AdditiveDesign& design);

    // log ∫ p(x | θ) e^{cᵀAx − ½ xᵀAᵀWAx} dx but for a constant.
    double log_normalizer() const { return log_normalizer_; }
    // x = L⁻ᵀ(w + u), w = L⁻¹r: standard normal u are a draw.
    void effects(const double* u, double* x) const;
    // u = Lᵀx − w.
    void whiten(const double* x, double* u) const;
    // h becomes L⁻¹h: a derivative with respect to x one with respect to u.
    void pull_back(double* h) const;

  private:
    double log_diagonal() const;

    const AdditiveDesign* design_;
    const AdditivePrior* prior_;
    const Blas* blas_;
    std::size_t before_, rest_;
    std::unique_ptr<GroupArms> arms_;  // C and U
    Vector lambda_;                    // precision of the eliminated effects
    Vector root_, shift_;              // S, w
    double log_normalizer_ = 0.0;
};

}  // namespace polyagamma
