#pragma once

#include <cstddef>
#include <vector>

#include "linalg/aligned.hpp"
#include "mcmc/scale_laws.hpp"
#include "mcmc/student_turn.hpp"
#include "random/bitgen.hpp"
#include "terms/shrinkage_prior.hpp"

namespace polyagamma {

// τ of a group together with all of its λ, which keep their places in their laws given τ (see ScaleLaws):
//     λ'_j = F_j⁻¹(F_j(λ_j; τ); τ'),    |∂ log λ'_j/∂ log λ_j| = f_j(λ_j; τ)/f_j(λ'_j; τ').
// Given τ this is one to one, and from τ' back to τ its own inverse. Were what rows say of each coefficient
// alone all that they say, then a density of (log τ, log λ) with coefficients integrated out, times that
// Jacobian, would depend on λ no more: what decides is the posterior of τ alone, with all else integrated
// out, while steps of τ given λ, or given coefficients, are as narrow as λ and coefficients leave it. A λ
// outside the grid stays.
class ScaleTransport {
  public:
    // `with_local`: whether λ move, which needs their density; else τ moves alone.
    ScaleTransport(const ShrinkagePrior& prior, std::size_t group, bool with_local);

    // Proposes τ and λ, which become the prior's. Returns the log of the ratio of densities of the scales
    // alone, data apart, times the Jacobian and the ratio of proposals; not finite: nothing to be accepted.
    double propose(const ColumnPseudoData& data, ShrinkagePrior& prior, BitGen& bitgen) const;

    // What an accepted proposal is worth; see StudentTurn.
    double reach() const { return turn_.reach(); }

    // In warm-up: takes note of the acceptance of a proposal; of where τ is after a sweep.
    void learn(double acceptance) { turn_.learn(acceptance); }
    void see(const ShrinkagePrior& prior);
    template <class Visitor>
    void visit(Visitor&& visitor) {
        turn_.visit(visitor);
    }

  private:
    double move_local_scales(const ScaleLaws& from, const ScaleLaws& to, ShrinkagePrior& prior) const;

    std::size_t group_;
    std::vector<std::size_t> columns_;  // whose λ move
    ScaleGrid grid_;
    StudentTurn turn_;
};

}  // namespace polyagamma
