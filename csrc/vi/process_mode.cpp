#include "vi/process_mode.hpp"

#include <memory>

#include "linalg/dense.hpp"
#include "terms/full_process.hpp"

namespace polyagamma {
namespace {

constexpr int kMaxIterations = 50;
constexpr double kLeastGain = 1e-3;  // of the log density: the surrogate need not be exact
constexpr double kLeastStep = 1e-3;

// g and K⁻¹g.
struct Point {
    explicit Point(std::size_t n) : g(n), weights(n), whitened(n) {}
    double log_density(const LatentRows& rows) const {
        return log_likelihood(rows, g.data()) - 0.5 * dot(g.data(), weights.data(), rows.n);
    }
    Vector g, weights, whitened;
};

// The posterior mean that the surrogate at a point makes.
Evaluation newton(FullProcess& block, const PseudoData& rows, Point& to) {
    double ignored;
    Evaluation result = block.condition(Side::current, rows, ignored);
    if (result == Evaluation::ok)
        result = block.covariance_product(rows, rows.linear, to.whitened.data(), to.g.data());
    for (std::size_t i = 0; i < rows.n; ++i) to.weights[i] = rows.linear[i] - rows.precision[i] * to.g[i];
    return result;
}

// The better point on the way from `at` to `to`, in its place; what it gains.
double move(const LatentRows& rows, const Point& to, Point& at) {
    const double before = at.log_density(rows);
    for (double step = 1.0; step > kLeastStep; step *= 0.5) {
        Point trial(at);
        for (std::size_t i = 0; i < rows.n; ++i) {
            trial.g[i] += step * (to.g[i] - at.g[i]);
            trial.weights[i] += step * (to.weights[i] - at.weights[i]);
        }
        const double gain = trial.log_density(rows) - before;
        if (gain >= 0.0) {
            at = trial;
            return gain;
        }
    }
    return 0.0;
}

}  // namespace

Evaluation surrogate_at_mode(const LatentRows& rows, CovarianceFunction& function, const Blas& blas,
                             GaussianSites& surrogate) {
    auto covariance = std::make_shared<Covariance>(rows.n, blas);
    Evaluation result = covariance->evaluate(function, nullptr);
    if (result == Evaluation::ok) result = covariance->factor();
    FullProcess block(rows.n, covariance, blas);
    Point at(rows.n), to(rows.n);
    double gain = kLeastGain;
    for (int i = 0; i < kMaxIterations && gain >= kLeastGain && result == Evaluation::ok; ++i) {
        GaussianSites here(rows.n);
        here.learn(rows, at.g.data());
        result = newton(block, here.rows(), to);
        if (result == Evaluation::ok) gain = move(rows, to, at);
    }
    surrogate = GaussianSites(rows.n);
    surrogate.learn(rows, at.g.data());
    return result;
}

}  // namespace polyagamma
