#include "vi/process_mode.hpp"

#include <memory>
#include <utility>

#include "linalg/dense.hpp"
#include "terms/full_process.hpp"
#include "vi/newton.hpp"

namespace polyagamma {
namespace {

// Gain of the log density: the surrogate need not be exact.
constexpr NewtonRules kRules{50, 10, 0.0, 1e-3, 0.0};

// g and K⁻¹g.
struct Point {
    explicit Point(std::size_t n) : g(n), weights(n) {}
    double log_density(const LatentRows& rows) const {
        return log_likelihood(rows, g.data()) - 0.5 * dot(g.data(), weights.data(), rows.n);
    }
    Vector g, weights;
};

// Where it stands, the posterior mean that the surrogate there makes, and a point on the way to it.
class Problem {
  public:
    Problem(const LatentRows& rows, FullProcess& process)
        : rows_(rows), process_(process), at_(rows.n), to_(rows.n), trial_(rows.n), whitened_(rows.n) {
        value_ = at_.log_density(rows_);
    }

    const double* g() const { return at_.g.data(); }
    double value() const { return value_; }

    Status find_step(double&) {
        GaussianSites here(rows_.n);
        here.learn(rows_, at_.g.data());
        const PseudoData pseudo = here.rows();
        double ignored;
        Status status = process_.condition(Side::current, pseudo, ignored);
        if (status.ok())
            status = process_.covariance_product(Side::current, pseudo, pseudo.linear, whitened_.data(),
                                                 to_.g.data());
        for (std::size_t i = 0; i < rows_.n; ++i)
            to_.weights[i] = pseudo.linear[i] - pseudo.precision[i] * to_.g[i];
        return status;
    }

    double try_step(double scale) {
        for (std::size_t i = 0; i < rows_.n; ++i) {
            trial_.g[i] = at_.g[i] + scale * (to_.g[i] - at_.g[i]);
            trial_.weights[i] = at_.weights[i] + scale * (to_.weights[i] - at_.weights[i]);
        }
        tried_ = trial_.log_density(rows_);
        return tried_;
    }

    void accept() {
        std::swap(at_, trial_);
        value_ = tried_;
    }

  private:
    const LatentRows& rows_;
    FullProcess& process_;
    Point at_, to_, trial_;
    Vector whitened_;
    double value_, tried_ = 0.0;
};

}  // namespace

Status surrogate_at_mode(const LatentRows& rows, CovarianceFunction& function, const Blas& blas,
                         GaussianSites& surrogate) {
    auto covariance = std::make_shared<Covariance>(rows.n, blas);
    Status status = covariance->evaluate(function, nullptr);
    Factorizer factorizer(blas, rows.n);
    if (status.ok()) status = covariance->factor(factorizer);
    if (!status.ok()) return status;
    FullProcess process(rows.n, covariance, blas);
    Problem problem(rows, process);
    std::size_t iterations;
    status = climb(problem, kRules, iterations);
    surrogate = GaussianSites(rows.n);
    surrogate.learn(rows, problem.g());
    return status;
}

}  // namespace polyagamma
