#include "terms/gradient_pass.hpp"

#include <algorithm>
#include <utility>

#include "linalg/interleave.hpp"
#include "simd/lanes_sum.hpp"
#include "simd/loops.hpp"

namespace polyagamma {
namespace {

// About 32 KiB of the matrix, in steps of 4 panels.
std::size_t panels_per_block(std::size_t k) {
    constexpr std::size_t kDoubles = 4096;
    return 4 * std::clamp<std::size_t>(kDoubles / (4 * kPanelRows * k), 1, 16);
}

void sum_each(const Vector& lanes, Vector& sums) {
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = sum_lanes(&lanes[i * kPanelRows]);
}

}  // namespace

GradientPass::GradientPass(std::vector<const ChainPosterior*> posteriors, std::size_t k, std::size_t workers)
    : posteriors_(std::move(posteriors)),
      k_(k),
      extras_(posteriors_.front()->likelihood->extras()),
      chains_(posteriors_.size()),
      block_panels_(panels_per_block(k)),
      partition_(RowPartition::for_vectors(posteriors_.front()->likelihood->rows())),
      points_(workers, {Vector(k * chains_), Vector(chains_ * extras_)}),
      of_prior_(chains_, Vector(k)) {
    const std::size_t block_rows = block_panels_ * kPanelRows;
    parts_.resize(partition_.count(), {Vector(chains_ * block_rows), Vector(k * chains_ * kPanelRows),
                                       Vector(chains_ * kPanelRows), Vector(chains_ * extras_ * kPanelRows),
                                       Vector(k * chains_), Vector(chains_), Vector(chains_ * extras_)});
}

void GradientPass::run(Worker& worker, const Whitening& whitening, const double* const* u, Wanted wanted,
                       Density* const* densities) {
    worker.barrier();
    Points& points = points_[worker.index()];
    interleave(u, chains_, points.u);
    for (std::size_t c = 0; extras_ > 0 && c < chains_; ++c)
        whitening.last_coefficients(u[c], extras_, &points.extras[c * extras_]);
    const Worker::Range strips = worker.share(partition_.count());
    for (std::size_t s = strips.begin; s < strips.end; ++s) strip(whitening, points, wanted, s);
    worker.barrier();
    const Worker::Range own = worker.share(chains_);
    for (std::size_t c = own.begin; c < own.end; ++c)
        finish(whitening, points, c, u[c], wanted, *densities[c]);
}

void GradientPass::run_alone(const Whitening& whitening, const double* u, Density& density) {
    Worker alone;
    Density* result = &density;
    run(alone, whitening, &u, Wanted::gradient_and_value, &result);
}

void GradientPass::finish(const Whitening& whitening, const Points& points, std::size_t chain,
                          const double* u, Wanted wanted, Density& density) {
    const double* of_prior = of_prior_[chain].data();
    const double log_prior = posteriors_[chain]->prior->log_density(u, of_prior_[chain].data());
    for (std::size_t j = 0; j < k_; ++j) {
        double sum = 0.0;
        for (const Part& part : parts_) sum += part.gradient[j * chains_ + chain];
        density.gradient[j] = sum + of_prior[j];
    }
    const double of_extras = extras_ > 0 ? finish_extras(whitening, points, chain, density) : 0.0;
    if (wanted == Wanted::gradient) return;
    double log_likelihood = 0.0;
    for (const Part& part : parts_) log_likelihood += part.log_likelihood[chain];
    density.log_posterior = log_likelihood + log_prior + of_extras;
}

double GradientPass::finish_extras(const Whitening& whitening, const Points& points, std::size_t chain,
                                   Density& density) const {
    Vector slopes(extras_);
    for (std::size_t e = 0; e < extras_; ++e)
        for (const Part& part : parts_) slopes[e] += part.of_extras[chain * extras_ + e];
    const double value =
        posteriors_[chain]->likelihood->log_density_of_extras(&points.extras[chain * extras_], slopes.data());
    for (std::size_t e = 0; e < extras_; ++e) {
        const double* row = whitening.last_row(extras_ - 1 - e);
        for (std::size_t j = 0; j < k_; ++j) density.gradient[j] += slopes[e] * row[j];
    }
    return value;
}

void GradientPass::strip(const Whitening& whitening, const Points& points, Wanted wanted, std::size_t index) {
    Part& part = parts_[index];
    std::fill(part.gradient_lanes.begin(), part.gradient_lanes.end(), 0.0);
    std::fill(part.density_lanes.begin(), part.density_lanes.end(), 0.0);
    std::fill(part.extra_lanes.begin(), part.extra_lanes.end(), 0.0);
    const std::size_t begin = partition_.first_panel(index), end = partition_.first_panel(index + 1);
    for (std::size_t first = begin; first < end; first += block_panels_) {
        block(whitening, points, wanted, first, std::min(block_panels_, end - first), part);
    }
    sum_each(part.gradient_lanes, part.gradient);
    sum_each(part.density_lanes, part.log_likelihood);
    sum_each(part.extra_lanes, part.of_extras);
}

void GradientPass::block(const Whitening& whitening, const Points& points, Wanted wanted,
                         std::size_t first_panel, std::size_t panels, Part& part) const {
    const ModelLoops& simd = loops().model;
    const std::size_t first = first_panel * kPanelRows;
    const std::size_t n = panels * kPanelRows;
    const std::size_t stride = block_panels_ * kPanelRows;
    const double* matrix = whitening.matrix().panel(first_panel);
    const double* eta0 = &whitening.predictor()[first];
    const RowBlock rows{first, n, stride};
    simd.forward(matrix, panels, k_, points.u.data(), chains_, part.eta.data(), stride);
    for (std::size_t c = 0; c < chains_; ++c) {
        const Likelihood& likelihood = *posteriors_[c]->likelihood;
        double* eta = &part.eta[c * stride];
        for (std::size_t i = 0; i < n; ++i) eta[i] += eta0[i];
        likelihood.derivative_at(
            points.extras.data() + c * extras_, rows, eta, part.extra_lanes.data() + c * extras_ * kPanelRows,
            wanted == Wanted::gradient_and_value ? &part.density_lanes[c * kPanelRows] : nullptr);
    }
    simd.transposed(matrix, panels, k_, part.eta.data(), chains_, stride, part.gradient_lanes.data());
}

}  // namespace polyagamma
