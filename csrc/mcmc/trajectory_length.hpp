#pragma once

#include <cstddef>
#include <cstdint>

namespace polyagamma {

// How far trajectories go in time, so that squared distances change most from one draw to the next: gradient
// ascent on the criterion of Hoffman, Radul and Sountsov (2021, AISTATS, "An adaptive-MCMC scheme for setting
// trajectory lengths in Hamiltonian Monte Carlo", section 3), in the coordinates of unit momentum. Steps of
// the logarithm are those of Adam (Kingma and Ba 2015), as there.
class TrajectoryLength {
  public:
    double length() const;
    // The mean of what it has been since the last call.
    double settle();
    // Begins anew from the logarithm of a length.
    void restart(double log_length);

    // What a trajectory of length `fraction` of the whole has to say: d/dt of its criterion at its end.
    void add(double acceptance, double fraction, double slope);
    // The step that all that has been added makes.
    void learn();

    template <class Visitor>
    void visit(Visitor&& visitor) {
        for (double* number : {&log_length_, &first_, &second_, &count_, &sum_, &summed_, &weight_, &slope_})
            visitor(number, 1);
    }

  private:
    double log_length_ = 0.0;
    double first_ = 0.0, second_ = 0.0, count_ = 0.0;  // moments of the gradient
    double sum_ = 0.0, summed_ = 0.0;                  // of log lengths
    double weight_ = 0.0, slope_ = 0.0;                // of the present sweep
};

// A sequence between 0 and 1 without gaps: the bits of the number reversed (van der Corput).
double reversed_bits(std::uint64_t number);

}  // namespace polyagamma
