#pragma once

#include "random/bitgen.hpp"

namespace polyagamma {

// Steps of a number that leave Student's t distribution of 5 degrees of freedom invariant, reversibly: given
// the variance σ²/w of which it is a normal mixture, a turn about the mean by an angle (the proposals of
// Neal 1999, Bayesian Statistics 6, 475, equation 15), beyond a quarter of a circle where that is accepted,
// so that draws alternate. Its tails are heavier than those of the posterior that it stands for.
class StudentTurn {
  public:
    // `location`: about where the number is expected, before any has been seen.
    explicit StudentTurn(double location) : mean_(location) {}

    double propose(double x, BitGen& bitgen) const;
    // log t(from) − log t(to): what the ratio of target densities is to be multiplied by.
    double log_ratio(double from, double to) const;

    // What a step is worth, a share of that to anywhere: 1 − cos of its angle, as far as a quarter of a
    // circle.
    double reach() const;

    // Takes note of a draw: the i-th has weight i, so that the way to the posterior is forgotten.
    void see(double x);
    // Takes note that a proposal had that probability of being accepted.
    void learn(double acceptance);

    template <class Visitor>
    void visit(Visitor&& visitor) {
        for (double* number : {&mean_, &squares_, &weight_, &seen_, &angle_, &learned_}) visitor(number, 1);
    }

  private:
    double deviation(double x) const;  // in units σ

    double mean_, squares_ = 1.0, weight_ = 1.0,
                  seen_ = 0.0;  // as if one had been seen, of standard deviation 1
    double angle_ = 1.9, learned_ = 0.0;
};

}  // namespace polyagamma
