#include "terms/shrinkage_prior.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <utility>

#include "likelihood/registry.hpp"
#include "random/slice.hpp"
#include "terms/noncentered_shrinkage.hpp"

namespace polyagamma {
namespace {

constexpr double kLeastSquare = 1e-100, kMostSquare = 1e100;  // of λ
constexpr double kMostVariance = 1e100;
constexpr double kMostLogTau = 200.0;
constexpr double kWidth = 0.5;  // of slices

// The square of a double, so that it comes back from its root.
double within(double square) {
    const double root = std::sqrt(std::clamp(square, kLeastSquare, kMostSquare));
    return root * root;
}

double within_reach(double scale) {
    return std::clamp(scale, std::exp(-kMostLogTau), std::exp(kMostLogTau));
}

Vector precisions(const Vector& unit) {
    Vector squares(unit);
    for (double& one : squares) one *= one;
    return squares;
}

}  // namespace

ShrinkagePrior::ShrinkagePrior(Columns columns, std::shared_ptr<const LocalScale> local, Vector tau0,
                               Slab slab)
    : columns_(std::move(columns)),
      local_(std::move(local)),
      tau0_(std::move(tau0)),
      slab_prior_(slab),
      tau_(tau0_),
      square_(columns_.mean.size(), 1.0),
      slab_(slab.scale),
      conditional_(columns_.mean.data(), precisions(columns_.unit).data(), columns_.mean.size(), true) {
    for (std::size_t j = 0; j < columns_.group.size(); ++j)
        if (columns_.group[j] != kNone) shrunk_.push_back(j);
    refresh();
}

Vector ShrinkagePrior::scales() const {
    Vector all(tau_);
    if (samples_slab()) all.push_back(slab_);
    if (!local_->fixed())
        for (const std::size_t j : shrunk_) all.push_back(std::sqrt(square_[j]));
    return all;
}

void ShrinkagePrior::set_scales(const double* scales) {
    for (std::size_t g = 0; g < groups(); ++g) set_tau(g, *scales++);
    if (samples_slab()) set_slab(*scales++);
    if (!local_->fixed())
        for (const std::size_t j : shrunk_) {
            set_square(j, *scales * *scales);
            ++scales;
        }
    refresh();
}

void ShrinkagePrior::set_tau(std::size_t group, double value) {
    tau_[group] = within_reach(value);
}

void ShrinkagePrior::set_slab(double value) {
    slab_ = within_reach(value);
}

void ShrinkagePrior::set_square(std::size_t j, double value) {
    square_[j] = within(value);
}

double ShrinkagePrior::shrunk_variance(double free) const {
    const double with_slab = has_slab() ? free / (1.0 + free / (slab_ * slab_)) : free;
    return std::clamp(with_slab, 1.0 / kMostVariance, kMostVariance);
}

double ShrinkagePrior::variance_at(std::size_t j, double square) const {
    const double unit = 1.0 / (columns_.unit[j] * columns_.unit[j]);
    const std::size_t g = columns_.group[j];
    return g == kNone ? unit : unit * shrunk_variance(tau_[g] * tau_[g] * square);
}

void ShrinkagePrior::refresh() {
    Vector precision(square_.size());
    for (std::size_t j = 0; j < precision.size(); ++j) precision[j] = 1.0 / variance(j);
    conditional_ = GaussianPrior(columns_.mean.data(), precision.data(), precision.size(), true);
}

// p(τ) ∝ 1/(1 + τ²/τ0²), times τ.
double ShrinkagePrior::log_prior_of_tau(std::size_t group, double log_tau) const {
    if (!(std::fabs(log_tau) <= kMostLogTau)) return -HUGE_VAL;
    const double ratio = std::exp(log_tau) / tau0_[group];
    return log_tau - std::log1p(ratio * ratio);
}

double ShrinkagePrior::log_prior_of_slab(double log_slab) const {
    if (!samples_slab()) return 0.0;
    const double ratio = std::exp(-log_slab) * slab_prior_.scale;
    return -slab_prior_.degrees * (log_slab + 0.5 * ratio * ratio);
}

// Of β given τ, λ marginalised; τ's prior.
double ShrinkagePrior::log_marginal(std::size_t group, const double* beta, double log_tau) const {
    double sum = log_prior_of_tau(group, log_tau);
    if (!std::isfinite(sum)) return sum;
    const double tau = std::exp(log_tau), ratio = has_slab() ? tau / slab_ : 0.0;
    for (const std::size_t j : shrunk_)
        if (columns_.group[j] == group)
            sum += local_->log_marginal(half_square(j, beta) / (tau * tau), ratio) - log_tau;
    return std::isnan(sum) ? -HUGE_VAL : sum;
}

void ShrinkagePrior::update_tau(const double* beta, BitGen& bitgen) {
    for (std::size_t g = 0; g < groups(); ++g) {
        const auto log_density = [&](double log_tau) { return log_marginal(g, beta, log_tau); };
        tau_[g] = std::exp(slice_step(std::log(tau_[g]), kWidth, log_density, bitgen));
    }
}

void ShrinkagePrior::update_squares(const double* beta, BitGen& bitgen) {
    if (local_->fixed()) return;
    for (const std::size_t j : shrunk_) {
        const double tau = tau_[columns_.group[j]], ratio = has_slab() ? tau / slab_ : 0.0;
        square_[j] = within(local_->draw_square(half_square(j, beta) / (tau * tau), ratio, bitgen));
    }
}

double ShrinkagePrior::log_density_given_slab(const double* beta, double slab) const {
    double sum = 0.0;
    for (const std::size_t j : shrunk_) {
        const double tau = tau_[columns_.group[j]];
        const double precision = 1.0 / (tau * tau * square_[j]) + 1.0 / (slab * slab);
        sum += 0.5 * std::log(precision) - half_square(j, beta) * precision;
    }
    return sum;
}

void ShrinkagePrior::update_slab(const double* beta, BitGen& bitgen) {
    if (!samples_slab()) return;
    const auto log_density = [&](double log_slab) {
        if (!(std::fabs(log_slab) <= kMostLogTau)) return -HUGE_VAL;
        const double sum = log_prior_of_slab(log_slab) + log_density_given_slab(beta, std::exp(log_slab));
        return std::isnan(sum) ? -HUGE_VAL : sum;
    };
    slab_ = std::exp(slice_step(std::log(slab_), kWidth, log_density, bitgen));
}

void ShrinkagePrior::update_scales(const double* beta, BitGen& bitgen) {
    update_tau(beta, bitgen);
    update_scales_given_tau(beta, bitgen);
}

void ShrinkagePrior::update_scales_given_tau(const double* beta, BitGen& bitgen) {
    update_squares(beta, bitgen);
    update_slab(beta, bitgen);
    refresh();
    if (local_->has_density()) return;
    marginal_ = 0.0;
    for (const std::size_t j : shrunk_) {
        const double tau = tau_[columns_.group[j]], half = half_square(j, beta);
        marginal_ += local_->log_marginal(half / (tau * tau), 0.0) - std::log(tau);
        marginal_ += half / shrunk_variance(tau * tau * square_[j]);  // conditional's, which is told too
    }
}

double ShrinkagePrior::log_density_of_scales() const {
    double sum = samples_slab() ? log_prior_of_slab(std::log(slab_)) : 0.0;
    for (std::size_t g = 0; g < groups(); ++g) sum += log_prior_of_tau(g, std::log(tau_[g]));
    if (!local_->has_density()) return sum + marginal_;
    for (const std::size_t j : shrunk_)
        sum += local_->log_density(0.5 * std::log(square_[j])) - 0.5 * std::log(variance(j));
    return sum;
}

std::unique_ptr<NoncenteredPrior> ShrinkagePrior::noncentered(const Blas&) const {
    return local_->has_density() ? std::make_unique<NoncenteredShrinkage>(*this) : nullptr;
}

double ShrinkagePrior::log_density_of(const double* beta) const {
    double sum = 0.0;
    for (std::size_t j = 0; j < square_.size(); ++j) {
        const double deviation = beta[j] - columns_.mean[j];
        sum -= 0.5 * deviation * deviation / variance(j);
    }
    return sum;
}

namespace {

// The settings that follow the columns: τ0 of each group; the slab's scale and degrees; the shape of the
// local prior.
std::unique_ptr<Prior> make(std::size_t size, const std::vector<Vector>& arrays,
                            const std::function<std::shared_ptr<const LocalScale>(double)>& local) {
    const Vector &mean = arrays[0], &unit = arrays[1], &group = arrays[2], &tau0 = arrays[3],
                 &slab = arrays[4], &shape = arrays[5];
    if (mean.size() != size || unit.size() != size || group.size() != size || slab.size() != 2 ||
        shape.size() != 1)
        return nullptr;
    ShrinkagePrior::Columns columns{mean, unit, {}};
    for (const double value : group) {
        const bool known = value >= 0.0 && value < static_cast<double>(tau0.size());
        if (!known && value != -1.0) return nullptr;
        columns.group.push_back(known ? static_cast<std::size_t>(value) : ShrinkagePrior::kNone);
    }
    return std::make_unique<ShrinkagePrior>(std::move(columns), local(shape[0]), tau0,
                                            ShrinkagePrior::Slab{slab[0], slab[1]});
}

template <class Local>
Registry<Prior>::Entry entry(const std::string& name, Local local) {
    return {
        name,
        {"mean", "unit", "group"},
        [local](std::size_t size, const std::vector<Vector>& arrays) { return make(size, arrays, local); },
        {"tau0", "slab", "shape"}};
}

const Registry<Prior>::Entry kEntries[] = {
    entry("ridge", [](double) { return unit_scale(); }),
    entry("laplace", [](double) { return laplace_scale(); }),
    entry("bridge", bridge_scale),
    entry("student_t", student_scale),
    entry("horseshoe", [](double) { return horseshoe_scale(); }),
};

}  // namespace
}  // namespace polyagamma
