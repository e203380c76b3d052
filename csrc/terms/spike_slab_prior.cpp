#include "terms/spike_slab_prior.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "likelihood/registry.hpp"
#include "random/slice.hpp"
#include "random/variates.hpp"

namespace polyagamma {
namespace {

constexpr double kLogTwoPi = 1.83787706640934548356;
constexpr double kMostLogTau = 200.0;
constexpr double kWidth = 0.5;                                      // of slices
constexpr double kSpread = 0.5;                                     // of log τ at the start
constexpr double kMostInAtStart = 10.0;                             // coefficients, on average
constexpr double kLeastShare = 1e-300, kMostShare = 1.0 - 0x1p-53;  // of π: its logarithms are finite

GaussianPrior all_in(const SpikeSlabPrior::Columns& columns, double tau) {
    Vector precision(columns.unit);
    for (std::size_t j = 0; j < precision.size(); ++j) {
        if (columns.spiked[j]) precision[j] /= tau;
        precision[j] *= precision[j];
    }
    return {columns.mean.data(), precision.data(), precision.size(), true};
}

}  // namespace

SpikeSlabPrior::SpikeSlabPrior(Columns columns, Inclusion inclusion, Slab slab)
    : columns_(std::move(columns)),
      inclusion_(inclusion),
      slab_(slab),
      tau_(slab.prior ? slab.prior->scale : slab.known),
      pi_(samples_inclusion() ? inclusion.a / (inclusion.a + inclusion.b) : inclusion.known),
      in_(columns_.mean.size(), true),
      conditional_(all_in(columns_, tau_)) {
    for (std::size_t j = 0; j < in_.size(); ++j)
        if (columns_.spiked[j]) spiked_.push_back(j);
    for (const std::size_t j : spiked_) in_[j] = false;
}

Vector SpikeSlabPrior::scales() const {
    Vector all;
    if (slab_.prior) all.push_back(tau_);
    if (samples_inclusion()) all.push_back(pi_);
    for (const std::size_t j : spiked_) all.push_back(in_[j] ? 1.0 : 0.0);
    return all;
}

void SpikeSlabPrior::set_scales(const double* scales) {
    if (slab_.prior) tau_ = *scales++;
    if (samples_inclusion()) pi_ = *scales++;
    for (const std::size_t j : spiked_) set_in(j, *scales++ != 0.0);
}

void SpikeSlabPrior::set_in(std::size_t j, bool in) {
    count_in_ += in ? 1 : 0;
    count_in_ -= in_[j] ? 1 : 0;
    in_[j] = in;
}

void SpikeSlabPrior::start(BitGen& bitgen) {
    if (slab_.prior) tau_ = slab_.prior->scale * std::exp(kSpread * normal_variate(bitgen));
    const double share = std::min(pi_, kMostInAtStart / static_cast<double>(spiked_.size()));
    for (const std::size_t j : spiked_) set_in(j, uniform_variate(bitgen) < share);
}

// With π ~ Beta(a, b) the coefficients that are in are those of a Pólya urn.
double SpikeSlabPrior::log_odds(std::size_t others) const {
    if (!samples_inclusion()) return std::log(inclusion_.known) - std::log1p(-inclusion_.known);
    const double q = static_cast<double>(others), rest = static_cast<double>(spiked_.size() - 1) - q;
    return std::log((inclusion_.a + q) / (inclusion_.b + rest));
}

void SpikeSlabPrior::update_scales(const double* beta, BitGen& bitgen) {
    for (const std::size_t j : spiked_) set_in(j, beta[j] != 0.0);
    update_tau(beta, bitgen);
    update_inclusion(bitgen);
}

double SpikeSlabPrior::log_prior_of_tau(double log_tau) const {
    if (!slab_.prior) return 0.0;
    return std::fabs(log_tau) <= kMostLogTau ? slab_.prior->log_density(std::exp(log_tau)) + log_tau
                                             : -HUGE_VAL;
}

double SpikeSlabPrior::squares(const double* beta) const {
    double sum = 0.0;
    for (const std::size_t j : spiked_) {
        const double x = beta[j] * columns_.unit[j];
        sum += x * x;
    }
    return sum;
}

// With τ the density of the coefficients has the Jacobian's inverse as its factor.
double SpikeSlabPrior::Scaling::log_density(double x) const {
    if (prior.slab_.prior) return prior.log_prior_of_tau(std::log(prior.tau_) + x);
    return static_cast<double>(prior.count_in_) * x - 0.5 * squares * std::exp(2.0 * x);
}

void SpikeSlabPrior::update_tau(const double* beta, BitGen& bitgen) {
    if (!slab_.prior) return;
    const double in = static_cast<double>(count_in_), half = 0.5 * squares(beta);
    const auto log_density = [&](double log_tau) {
        const double sum = log_prior_of_tau(log_tau) - in * log_tau - half * std::exp(-2.0 * log_tau);
        return std::isnan(sum) ? -HUGE_VAL : sum;
    };
    tau_ = std::exp(slice_step(std::log(tau_), kWidth, log_density, bitgen));
}

void SpikeSlabPrior::update_inclusion(BitGen& bitgen) {
    if (!samples_inclusion()) return;
    const double in = static_cast<double>(count_in_), out = static_cast<double>(spiked_.size()) - in;
    const double first = gamma_variate(inclusion_.a + in, bitgen);
    const double second = gamma_variate(inclusion_.b + out, bitgen);
    pi_ = std::clamp(first / (first + second), kLeastShare, kMostShare);
}

double SpikeSlabPrior::log_density_of_scales() const {
    const double in = static_cast<double>(count_in_), out = static_cast<double>(spiked_.size()) - in;
    double sum = log_prior_of_tau(std::log(tau_));
    sum += (inclusion_.a + in) * std::log(pi_) + (inclusion_.b + out) * std::log1p(-pi_);
    for (const std::size_t j : spiked_)
        if (in_[j]) sum -= std::log(deviation(j)) + 0.5 * kLogTwoPi;
    return sum;
}

double SpikeSlabPrior::log_density_of(const double* beta) const {
    double sum = 0.0;
    for (std::size_t j = 0; j < in_.size(); ++j) {
        const double z = in_[j] ? (beta[j] - columns_.mean[j]) / deviation(j) : 0.0;
        sum -= 0.5 * z * z;
    }
    return sum;
}

namespace {

// Settings: a known τ, or the family, degrees of freedom and scale of its prior; a known π, or the two
// numbers of its beta prior.
std::unique_ptr<Prior> make(std::size_t size, const std::vector<Vector>& arrays) {
    const Vector &mean = arrays[0], &unit = arrays[1], &spiked = arrays[2];
    const Vector &slab = arrays[3], &inclusion = arrays[4];
    if (mean.size() != size || unit.size() != size || spiked.size() != size) return nullptr;
    if ((slab.size() != 1 && slab.size() != 3) || inclusion.empty() || inclusion.size() > 2) return nullptr;
    SpikeSlabPrior::Columns columns{mean, unit, {}};
    for (const double one : spiked) columns.spiked.push_back(one != 0.0);
    SpikeSlabPrior::Slab of_slab;
    if (slab.size() == 1) {
        of_slab.known = slab[0];
    } else {
        of_slab.prior =
            ScalePrior{static_cast<ScalePrior::Family>(static_cast<int>(slab[0])), slab[1], slab[2]};
    }
    SpikeSlabPrior::Inclusion of_inclusion;
    if (inclusion.size() == 1) {
        of_inclusion.known = inclusion[0];
    } else {
        of_inclusion.a = inclusion[0];
        of_inclusion.b = inclusion[1];
    }
    return std::make_unique<SpikeSlabPrior>(std::move(columns), of_inclusion, of_slab);
}

const Registry<Prior>::Entry kEntry("spike_and_slab", {"mean", "unit", "spiked"}, make,
                                    {"slab", "inclusion"});

}  // namespace
}  // namespace polyagamma
