#pragma once

#include <cmath>
#include <cstddef>

#include "linalg/aligned.hpp"
#include "random/bitgen.hpp"

namespace polyagamma {

// Proposals that do not depend on where the walk is: multivariate t with four degrees of freedom, so that
// their tails are heavier than those of the posterior, around the mean and with the covariance that the
// posterior had in warm-up.
class Independence {
  public:
    explicit Independence(std::size_t dimension);

    // Takes note of a draw of warm-up; the way to the posterior is forgotten.
    void learn(const double* theta);
    // Takes note that a proposal had that probability of being accepted.
    void learn_acceptance(double acceptance);
    // Whether enough draws were seen to propose from them.
    bool ready() const;
    // Every second time after a draw was learned.
    bool turn() const { return std::fmod(draws_, 2.0) == 0.0; }
    // Whether so many proposals are accepted that a random walk gets less far with the same number.
    bool pays() const;

    // Whether so many are that other walks add little.
    bool suffices() const;

    // Factors the covariance; false if it cannot be.
    bool prepare();
    // From here on `prepare` must have succeeded since the last draw was learned.
    void propose(BitGen& bitgen, double* proposal);
    // log density, up to a constant.
    double log_density(const double* theta);

    template <class Visitor>
    void visit(Visitor&& visitor) {
        for (double* number : {&draws_, &tries_, &acceptance_}) visitor(number, 1);
        for (Vector* part : {&mean_, &covariance_}) visitor(part->data(), part->size());
    }

  private:
    std::size_t dimension_;
    double draws_ = 0.0, tries_ = 0.0, acceptance_ = 0.0;  // learned; the mean acceptance
    Vector mean_, covariance_;
    Vector factor_, work_;  // S of the covariance S Sᵀ
};

}  // namespace polyagamma
