#pragma once

#include <cstddef>

#include "linalg/aligned.hpp"
#include "linalg/panels.hpp"
#include "linalg/status.hpp"
#include "terms/group_arms.hpp"

namespace polyagamma {

// Of groups that meet all of the rest: kPanelRows of them side by side, so that loops go over groups. Row a
// of their U_g is panel t q + a, t the panel of groups.
class FullArms final : public GroupArms {
  public:
    explicit FullArms(const AdditiveDesign& design);

    Status factor(const AdditiveGram& gram, const double* lambda, double* rest) override;
    double log_diagonal() const override { return log_diagonal_; }
    void solve(const double* others, double* own) const override;
    void whiten(const double* own, const double* others, double* u) const override;
    void pull_back(double* own, double* others) const override;

  private:
    double* corner(std::size_t t, std::size_t a, std::size_t b) {
        return &corner_[((t * q_ + a) * q_ + b) * kPanelRows];
    }
    const double* corner(std::size_t t, std::size_t a, std::size_t b) const {
        return &corner_[((t * q_ + a) * q_ + b) * kPanelRows];
    }
    void factor_corners(std::size_t t, const AdditiveGram& gram, const double* lambda);
    void find_arms(std::size_t t, const AdditiveGram& gram);
    Status first_failure() const;  // of corners that have one
    // From group after group to panels, and back.
    Vector side_by_side(const double* own) const;
    void one_by_one(const Vector& panels, double* own) const;
    Vector met(const double* others) const;  // U others

    std::size_t groups_, q_, rest_, panels_;
    Vector corner_;      // (panels, q, q, kPanelRows), lower
    Vector reciprocal_;  // of the diagonals: (panels, q, kPanelRows)
    Panels arms_;        // U
    Vector minus_one_;   // of each row of U, 0 of those that fill up a panel
    double log_diagonal_ = 0.0;
};

}  // namespace polyagamma
