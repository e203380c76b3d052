#pragma once

#include <cstddef>

namespace polyagamma {

inline constexpr std::size_t kMostLeapfrogSteps = 32;  // of a trajectory, but for many coordinates

// A quarter turn makes a draw independent where π is normal.
inline constexpr double kQuarterTurn = 1.5;
// A little more, and means of draws alternate. Of three data sets with coupled predictors (several classes)
// it gave 1.2 to 1.8 times the least effective sample size of a quarter turn per gradient; squares
// and tails lost up to a third on one of them, and from 2.1 on on all.
inline constexpr double kLongerTurn = 1.9;

// A trajectory of split Hamiltonian Monte Carlo: its leapfrog steps and their size, an angle.
struct LeapfrogSettings {
    double step_size = kQuarterTurn;  // mean rotation between kicks
    std::size_t steps = 1;            // gradients per trajectory
};

// The energy error of steps that turn by `turn` together, but for a constant, to first order in the cubic
// terms of −log π.
double energy_error(double turn, std::size_t steps);

// The number of steps that promises most effective draws per gradient, from the acceptance seen with others.
// The acceptance is erfc(√(variance/8)) with the variance of the energy error (Neal 2011, Handbook of MCMC,
// section 5.4.4), and `energy_error` predicts from it the acceptance a at other angles; independent
// proposals give a/(2−a) effective draws each. Those of a longer turn t have a correlation of cos t with what
// they came from, so that 1 − cos t times a takes the place of a.
// `most`: steps that are allowed; `besides`: what a sweep takes besides its steps, in units of one.
// `alternating`: whether what means gain by a longer turn counts; not where other moves, no better than
// independent draws, hold back what is estimated worst.
LeapfrogSettings most_effective_steps(const LeapfrogSettings& used, double acceptance, std::size_t most,
                                      double besides = 0.0, double turn = kQuarterTurn,
                                      bool alternating = true);
// Those to begin with.
LeapfrogSettings first_steps();

// A step size that keeps the acceptance near 0.8, in trajectories that turn by a fixed angle.
class StepSize {
  public:
    LeapfrogSettings settings() const;
    // Note the acceptance probability of one trajectory.
    void learn(double acceptance);
    // Settle for the steps that the mean acceptance of many trajectories suggests.
    void fit(double mean_acceptance);
    template <class Visitor>
    void visit(Visitor&& visitor) {
        visitor(&step_size_, 1);
        visitor(&count_, 1);
    }

  private:
    double step_size_ = 0.5;  // but for the rounding of the number of steps
    double count_ = 0.0;
};

}  // namespace polyagamma
