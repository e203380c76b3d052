#pragma once

#include <cstddef>

#include "linalg/aligned.hpp"
#include "linalg/status.hpp"
#include "terms/group_arms.hpp"

namespace polyagamma {

// Of groups each of which meets few columns of the rest: group by group.
class SparseArms final : public GroupArms {
  public:
    explicit SparseArms(const AdditiveDesign& design);

    Status factor(const AdditiveGram& gram, const double* lambda, double* rest) override;
    double log_diagonal() const override;
    void solve(const double* others, double* own) const override;
    void whiten(const double* own, const double* others, double* u) const override;
    void pull_back(double* own, double* others) const override;

  private:
    const double* corner(std::size_t g) const { return corner_.data() + g * q_ * q_; }
    const double* arm(std::size_t g) const { return arm_.data() + q_ * design_->first_neighbour(g); }
    Status factor_group(std::size_t g, const AdditiveGram& gram, const double* lambda);
    void subtract_arm(std::size_t g, double* rest) const;

    const AdditiveDesign* design_;
    std::size_t q_;
    Vector corner_, arm_;  // C_g (q, q), lower, and U_g (q, neighbours)
};

}  // namespace polyagamma
