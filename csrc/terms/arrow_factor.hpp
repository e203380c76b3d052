#pragma once

#include <cstddef>

#include "linalg/aligned.hpp"
#include "linalg/blas.hpp"
#include "linalg/status.hpp"
#include "terms/additive_gram.hpp"
#include "terms/additive_prior.hpp"

namespace polyagamma {

// The conditional Gaussian of the coordinates x given θ and pseudo-data, N(P⁻¹r, P⁻¹) with P = AᵀWA + Q(θ)
// and r = Aᵀc + Qμ, by a Cholesky factor whose first block are the groups, which do not meet each other:
//     P = L Lᵀ,  L = [C 0; Uᵀ S],  C_g C_gᵀ = D_g + Λ,  U_g = C_g⁻¹ B_g,  S Sᵀ = C + Q₂ − Σ U_gᵀ U_g.
// Groups of one column that meet all of the rest need no U: the vector loops take B, from the pseudo-data
// that were assigned last.
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
    const double* corner(std::size_t g) const { return corner_.data() + g * columns_ * columns_; }
    const double* arm(std::size_t g) const { return arm_.data() + columns_ * design_->first_neighbour(g); }
    Status factor_groups(const AdditiveGram& gram, const double* theta);
    Status factor_group(std::size_t g, const double* lambda, const AdditiveGram& gram);
    void subtract_arm(std::size_t g);
    Status factor_full(const AdditiveGram& gram, const double* theta);
    // The groups' part of each product, from B or from U.
    void solve_full_groups(double* x) const;
    void solve_groups(double* x) const;
    void whiten_full_groups(const double* x, double* u) const;
    void whiten_groups(const double* x, double* u) const;
    void pull_full_groups_back(double* h) const;
    void pull_groups_back(double* h) const;
    // out = B x₂ / c, of the padded groups.
    void full_forward(const double* others, Vector& out) const;
    Vector padded_groups() const { return Vector(padded_rows(design_->groups())); }

    const AdditiveDesign* design_;
    const AdditivePrior* prior_;
    const Blas* blas_;
    std::size_t columns_, before_, rest_;
    const Panels* full_ = nullptr;        // B, where groups meet all
    Vector corner_, arm_, root_, shift_;  // C, U, S, w
    double log_normalizer_ = 0.0;
};

}  // namespace polyagamma
