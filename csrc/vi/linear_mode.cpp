#include "vi/linear_mode.hpp"

#include <utility>

#include "linalg/dense.hpp"
#include "terms/gradient_pass.hpp"
#include "vi/curvature.hpp"
#include "vi/newton.hpp"

namespace polyagamma {
namespace {

// The decrement is that of the mode to 1e-4 posterior standard deviations.
constexpr NewtonRules kRules{200, 60, 1e-8, 0.0, 0.25};

class Problem {
  public:
    Problem(const Whitening& whitening, const Likelihood& likelihood, Mode& mode)
        : whitening_(whitening),
          likelihood_(likelihood),
          mode_(mode),
          posterior_{&likelihood, &whitening.prior()},
          pass_({&posterior_}, whitening.size(), 1),
          prior_(whitening.prior().full_precision()),
          step_(whitening.size()),
          next_(whitening.size()),
          here_(whitening.size()),
          there_(whitening.size()) {
        pass_.run_alone(whitening, mode.u.data(), here_);
    }

    double value() const { return here_.log_posterior; }

    Status find_step(double& decrement) {
        const std::size_t k = whitening_.size();
        double* factor = mode_.cholesky.data();
        mean_precision(whitening_, prior_, {{&likelihood_, mode_.u.data()}}, factor);
        if (const Status status = cholesky(whitening_.blas(), factor, k); !status.ok()) return status;
        step_ = here_.gradient;
        solve_lower(whitening_.blas(), factor, k, step_.data());
        decrement = dot(step_.data(), step_.data(), k);
        solve_lower_transposed(whitening_.blas(), factor, k, step_.data());
        return {};
    }

    double try_step(double scale) {
        for (std::size_t j = 0; j < next_.size(); ++j) next_[j] = mode_.u[j] + scale * step_[j];
        pass_.run_alone(whitening_, next_.data(), there_);
        return there_.log_posterior;
    }

    void accept() {
        std::swap(mode_.u, next_);
        std::swap(here_, there_);
    }

  private:
    const Whitening& whitening_;
    const Likelihood& likelihood_;
    Mode& mode_;
    const ChainPosterior posterior_;
    GradientPass pass_;
    const Vector prior_;
    Vector step_, next_;
    Density here_, there_;
};

}  // namespace

Status find_mode(const Whitening& whitening, const Likelihood& likelihood, Mode& mode) {
    const std::size_t k = whitening.size();
    mode.u.assign(k, 0.0);
    mode.cholesky.resize(k * k);
    Problem problem(whitening, likelihood, mode);
    return climb(problem, kRules, mode.iterations);
}

}  // namespace polyagamma
