#pragma once

#include <cstddef>
#include <vector>

#include "linalg/aligned.hpp"
#include "linalg/blas.hpp"
#include "mcmc/one_coefficient.hpp"
#include "mcmc/scale_laws.hpp"
#include "random/bitgen.hpp"
#include "terms/shrinkage_prior.hpp"
#include "terms/shrunk_factor.hpp"

namespace polyagamma {

// Local scales λ_j, one after the other, given pseudo-data and with all coefficients integrated out. With
// V = (G⁻¹ + S²)⁻¹ and q = V G⁻¹ r the pseudo-data say of coefficient j, the others out, a = V_jj/(1 − v_j
// V_jj) and h = q_j/(1 − v_j V_jj), so that the density of log λ_j is that of its prior times
//     (1 + va)^{−½} e^{½ v h²/(1 + va)},
// of which a slice is taken; v_j → v' adds −δ V_j V_jᵀ/(1 + δ V_jj) to V, δ = v' − v_j. V needs no inverse of
// G and loses no digits where v is small, as an inverse of G + S⁻² does.
class CollapsedScales {
  public:
    CollapsedScales(const Blas& blas, BitGen& bitgen) : blas_(&blas), bitgen_(&bitgen) {}

    // Of some columns, in that order; `factor` is that of the prior's present scales, which change.
    void update(const ShrunkGram& gram, const ShrunkFactor& factor, const std::vector<std::size_t>& columns,
                ShrinkagePrior& prior);

    // Adds a and h of some columns, with the factor's scales.
    void add_pseudo_data(const ShrunkGram& gram, const ShrunkFactor& factor,
                         const std::vector<std::size_t>& columns, ColumnPseudoData& sum);

  private:
    void load(const ShrunkGram& gram, const ShrunkFactor& factor, const std::vector<std::size_t>& columns);
    // Row i of V from column i on, after the changes before it.
    void refresh_row(std::size_t i);
    double draw(std::size_t column, const OneCoefficient& rows, const ShrinkagePrior& prior) const;

    const Blas* blas_;
    BitGen* bitgen_;
    std::size_t size_ = 0;  // columns
    Vector v_;              // V (size, size); rows that were refreshed stay as they were before their change
    Vector q_, rest_;       // q; 1 − v_j V_jj
    Vector change_;         // −δ/(1 + δ V_jj) of each
    Vector work_;
};

}  // namespace polyagamma
