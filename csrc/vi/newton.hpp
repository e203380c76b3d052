#pragma once

#include <cmath>

#include "linalg/status.hpp"

namespace polyagamma {

// When a search for the maximum of a concave function ends, and which steps it takes.
struct NewtonRules {
    int most_iterations, most_tries;  // tries: of ever shorter steps
    double least_decrement;           // squared length of a step in the metric of the curvature
    double least_gain;                // of the function
    double armijo;                    // share of the promised gain that a step must yield
};

// Newton's method with halved steps. A problem has
//     Status find_step(double& decrement)   the step from where it stands; 0 where it does not tell its
//     length double value() const                  of the function where it stands double try_step(double
//     scale)         the value after that share of the step void accept()                         stands
//     where the last try led.
// Returns the number of iterations; the status is that of the last step.
template <class Problem>
Status climb(Problem& problem, const NewtonRules& rules, std::size_t& iterations) {
    for (iterations = 0; iterations < static_cast<std::size_t>(rules.most_iterations); ++iterations) {
        double decrement = 0.0;
        if (const Status status = problem.find_step(decrement); !status.ok()) return status;
        if (!std::isfinite(decrement)) return {Status::Kind::not_finite, 0};
        if (decrement < rules.least_decrement) return {};
        double scale = 1.0, tried = 0.0;
        for (int tries = 0; tries < rules.most_tries; ++tries, scale *= 0.5) {
            tried = problem.try_step(scale);
            if (tried >= problem.value() + rules.armijo * scale * decrement) break;
        }
        const double gain = tried - problem.value();
        if (!(gain > 0.0)) return {};  // as far as rounding lets it
        problem.accept();
        if (gain < rules.least_gain) return {};
    }
    return {};
}

}  // namespace polyagamma
