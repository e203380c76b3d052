#pragma once

#include <cmath>

namespace polyagamma {

// A step size by dual averaging (Hoffman and Gelman 2014, JMLR 15, 1593, section 3.2), with their γ, t₀ and
// κ.
class DualAveraging {
  public:
    explicit DualAveraging(double step_size) { restart(step_size); }

    double step_size() const { return std::exp(log_step_); }
    // What is to be kept when learning ends.
    double averaged() const { return count_ == 0.0 ? step_size() : std::exp(log_averaged_); }

    // Begins anew near a step size, to which it looks back.
    void restart(double step_size) {
        log_step_ = std::log(step_size);
        centre_ = log_step_ + std::log(kAmbition);
        error_ = log_averaged_ = count_ = 0.0;
    }

    void learn(double acceptance, double target) {
        count_ += 1.0;
        const double weight = 1.0 / (count_ + kFirst);
        error_ += weight * (target - acceptance - error_);
        log_step_ = centre_ - std::sqrt(count_) / kShrinkage * error_;
        log_averaged_ += std::pow(count_, -kForget) * (log_step_ - log_averaged_);
    }

    template <class Visitor>
    void visit(Visitor&& visitor) {
        for (double* number : {&log_step_, &log_averaged_, &centre_, &error_, &count_}) visitor(number, 1);
    }

  private:
    static constexpr double kShrinkage = 0.05, kFirst = 10.0, kForget = 0.75, kAmbition = 1.5;

    double log_step_, log_averaged_, centre_, error_, count_;
};

}  // namespace polyagamma
