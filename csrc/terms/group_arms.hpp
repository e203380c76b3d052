#pragma once

#include <memory>

#include "linalg/status.hpp"
#include "terms/additive_gram.hpp"

namespace polyagamma {

// The groups' part of an ArrowFactor: C_g, lower, and U_g, with C_g C_gᵀ = D_g + Λ and C_g U_g = B_g. `own`
// are numbers of the groups, `others` those of the rest.
class GroupArms {
  public:
    virtual ~GroupArms() = default;

    // With Λ (q, q); takes Σ U_gᵀU_g from the lower triangle of `rest`.
    virtual Status factor(const AdditiveGram& gram, const double* lambda, double* rest) = 0;
    virtual double log_diagonal() const = 0;
    // own_g = C_g⁻ᵀ (own_g − U_g others).
    virtual void solve(const double* others, double* own) const = 0;
    // u_g = C_gᵀ own_g + U_g others.
    virtual void whiten(const double* own, const double* others, double* u) const = 0;
    // own_g = C_g⁻¹ own_g, others −= Σ U_gᵀ own_g.
    virtual void pull_back(double* own, double* others) const = 0;
};

// Of one kind or the other, as the design is.
std::unique_ptr<GroupArms> make_group_arms(const AdditiveDesign& design);

}  // namespace polyagamma
