#include "vi/linear_mode.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/dense.hpp"
#include "terms/gradient_pass.hpp"
#include "vi/curvature.hpp"

namespace polyagamma {
namespace {

constexpr std::size_t kMaxIterations = 200;
constexpr std::size_t kMaxHalvings = 60;
constexpr double kTolerance =
    1e-8;  // squared Newton decrement: the mode to 1e-4 posterior standard deviations

}  // namespace

Status find_mode(const Whitening& whitening, const Rows& rows, Mode& mode) {
    const std::size_t k = whitening.size();
    GradientPass pass(rows, k, 1, 1);
    Vector weights(rows.shape.size()), step(k), next(k);
    Density here(k), there(k);
    mode.u.assign(k, 0.0);
    mode.cholesky.resize(k * k);
    pass.run_alone(whitening, mode.u.data(), here);
    for (mode.iterations = 0; mode.iterations < kMaxIterations; ++mode.iterations) {
        curvature_at(whitening, rows, mode.u.data(), weights);
        weighted_precision(whitening, weights, mode.cholesky.data());
        if (const Status status = cholesky(whitening.blas(), mode.cholesky.data(), k); !status.ok())
            return status;
        step = here.gradient;
        solve_lower(whitening.blas(), mode.cholesky.data(), k, step.data());
        const double decrement = dot(step.data(), step.data(), k);
        if (!std::isfinite(decrement)) return {Status::Kind::not_finite, 0};
        if (decrement < kTolerance) return {};
        solve_lower_transposed(whitening.blas(), mode.cholesky.data(), k, step.data());
        double scale = 1.0;
        for (std::size_t halvings = 0; halvings < kMaxHalvings; ++halvings, scale *= 0.5) {
            for (std::size_t j = 0; j < k; ++j) next[j] = mode.u[j] + scale * step[j];
            pass.run_alone(whitening, next.data(), there);
            if (there.log_posterior >= here.log_posterior + 0.25 * scale * decrement) break;  // Armijo
        }
        if (!(there.log_posterior > here.log_posterior)) return {};  // as far as rounding lets it
        std::swap(mode.u, next);
        std::swap(here, there);
    }
    return {};
}

}  // namespace polyagamma
