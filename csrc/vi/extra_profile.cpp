#include "vi/extra_profile.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/dense.hpp"
#include "linalg/natural_spline.hpp"
#include "terms/gradient_pass.hpp"
#include "vi/curvature.hpp"

namespace polyagamma {
namespace {

constexpr double kFall = 14.0;           // of the log density, where it ends
constexpr double kFirstStep = 0.35;      // in standard deviations at the mode
constexpr double kGrowth = 1.15;         // of a step over the one before
constexpr std::size_t kMostPoints = 40;  // on each side of the mode
constexpr std::size_t kPieces = 32;      // of a step, in sums of the density
constexpr double kSkewed = 1.1;  // ratio of slopes of the warp at two standard deviations and at the median

struct Profile {
    Vector at, log_density;
};

// Follows the extra away from the mode, coefficients at their mode given the extra.
class Walk {
  public:
    Walk(const Whitening& whitening, const Likelihood& likelihood, const Vector& u)
        : whitening_(whitening),
          likelihood_(likelihood),
          posterior_{&likelihood, &whitening.prior()},
          pass_({&posterior_}, whitening.size(), 1),
          u_(u),
          along_(whitening.size()),
          factor_(whitening.size() * whitening.size()),
          here_(whitening.size()) {}

    void move(double step) {
        for (std::size_t j = 0; j < u_.size(); ++j) u_[j] += step * along_[j];
    }

    // To the mode of the coefficients; the log density of the extra there, NaN if it cannot be told.
    double settle() {
        constexpr int kMostSteps = 4;
        constexpr double kLeastDecrement = 0.05;
        for (int left = kMostSteps;; --left) {
            pass_.run_alone(whitening_, u_.data(), here_);
            if (!factor().ok()) return std::nan("");
            const Vector step = newton_step();
            const double decrement = dot(step.data(), here_.gradient.data(), u_.size());
            if (!(decrement > kLeastDecrement) || left == 0)
                return here_.log_posterior + 0.5 * decrement - 0.5 * log_determinant();
            for (std::size_t j = 0; j < u_.size(); ++j) u_[j] += step[j];
        }
    }

    double extra() const {
        double value;
        whitening_.last_coefficients(u_.data(), 1, &value);
        return value;
    }
    double deviation() const { return std::sqrt(variance_); }

  private:
    // Of the curvature, and the direction in which the extra moves by one.
    Status factor() {
        const std::size_t k = whitening_.size();
        mean_precision(whitening_, whitening_.prior().precision(), {{&likelihood_, u_.data()}},
                       factor_.data());
        if (const Status status = cholesky(whitening_.blas(), factor_.data(), k); !status.ok()) return status;
        std::copy_n(whitening_.last_row(0), k, along_.begin());
        solve(along_);
        variance_ = dot(whitening_.last_row(0), along_.data(), k);
        for (double& value : along_) value /= variance_;
        return check_finite(along_.data(), k);
    }

    // That leaves the extra where it is.
    Vector newton_step() const {
        Vector step(here_.gradient);
        solve(step);
        const double moved = dot(whitening_.last_row(0), step.data(), step.size());
        for (std::size_t j = 0; j < step.size(); ++j) step[j] -= moved * along_[j];
        return step;
    }

    // Of the curvature in the coefficients alone.
    double log_determinant() const {
        const std::size_t k = whitening_.size();
        double sum = std::log(variance_);
        for (std::size_t j = 0; j < k; ++j) sum += 2.0 * std::log(factor_[j * k + j]);
        return sum;
    }

    void solve(Vector& x) const {
        solve_lower(whitening_.blas(), factor_.data(), x.size(), x.data());
        solve_lower_transposed(whitening_.blas(), factor_.data(), x.size(), x.data());
    }

    const Whitening& whitening_;
    const Likelihood& likelihood_;
    const ChainPosterior posterior_;
    GradientPass pass_;
    Vector u_, along_, factor_;
    Density here_;
    double variance_ = 0.0;  // of the extra, by the curvature
};

// Points from the mode outwards, to where the density has fallen; false if it does not.
bool follow(Walk walk, double direction, Profile& points) {
    double step = direction * kFirstStep * walk.deviation(), largest = points.log_density.front();
    for (std::size_t i = 0; i < kMostPoints; ++i, step *= kGrowth) {
        walk.move(step);
        const double value = walk.settle();
        if (!std::isfinite(value)) return false;
        points.at.push_back(walk.extra());
        points.log_density.push_back(value);
        largest = std::max(largest, value);
        if (value < largest - kFall) return true;
    }
    return false;
}

bool find_profile(const Whitening& whitening, const Likelihood& likelihood, const Mode& mode, Profile& all) {
    Walk walk(whitening, likelihood, mode.u);
    const double value = walk.settle();
    if (!std::isfinite(value)) return false;
    all = {{walk.extra()}, {value}};
    if (!follow(walk, -1.0, all)) return false;
    std::reverse(all.at.begin(), all.at.end());
    std::reverse(all.log_density.begin(), all.log_density.end());
    Profile above{{all.at.back()}, {all.log_density.back()}};
    if (!follow(walk, 1.0, above)) return false;
    all.at.insert(all.at.end(), above.at.begin() + 1, above.at.end());
    all.log_density.insert(all.log_density.end(), above.log_density.begin() + 1, above.log_density.end());
    return true;
}

// Where the distribution function is that of a standard normal variable at the knots of a warp.
Vector quantiles(const Profile& profile) {
    const double largest = *std::max_element(profile.log_density.begin(), profile.log_density.end());
    const NaturalSpline spline(profile.at, profile.log_density);
    Vector x{profile.at.front()}, mass{0.0};
    double before = std::exp(profile.log_density.front() - largest);
    for (std::size_t i = 0; i + 1 < profile.at.size(); ++i) {
        const double width = (profile.at[i + 1] - profile.at[i]) / kPieces;
        for (std::size_t j = 1; j <= kPieces; ++j) {
            x.push_back(profile.at[i] + width * static_cast<double>(j));
            const double now = std::exp(spline.at(x.back()).value - largest);
            mass.push_back(mass.back() + 0.5 * width * (before + now));
            before = now;
        }
    }
    Vector found(Warp::kKnots);
    std::size_t i = 0;
    for (std::size_t j = 0; j < found.size(); ++j) {
        const double target = 0.5 * std::erfc(-Warp::knot(j) * std::sqrt(0.5)) * mass.back();
        while (mass[i + 1] < target) ++i;
        found[j] = x[i] + (x[i + 1] - x[i]) * (target - mass[i]) / (mass[i + 1] - mass[i]);
    }
    return found;
}

bool skewed(const Warp& warp) {
    const double here = warp.at(0.0).slope;
    const auto differs = [&](double z) {
        const double ratio = warp.at(z).slope / here;
        return ratio > kSkewed || ratio < 1.0 / kSkewed;
    };
    return differs(-2.0) || differs(2.0);
}

}  // namespace

std::optional<Warp> find_warp(const Whitening& whitening, const Likelihood& likelihood, const Mode& mode) {
    Profile profile;
    if (!find_profile(whitening, likelihood, mode, profile)) return {};
    std::optional<Warp> warp = Warp::through(quantiles(profile));
    return warp && skewed(*warp) ? warp : std::nullopt;
}

}  // namespace polyagamma
