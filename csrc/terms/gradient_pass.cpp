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
      chains_(posteriors_.size()),
      block_panels_(panels_per_block(k)),
      partition_(RowPartition::for_vectors(posteriors_.front()->likelihood->rows())),
      interleaved_(workers, Vector(k * chains_)),
      of_prior_(chains_, Vector(k)) {
    const std::size_t block_rows = block_panels_ * kPanelRows;
    parts_.resize(partition_.count(), {Vector(chains_ * block_rows), Vector(k * chains_ * kPanelRows),
                                       Vector(chains_ * kPanelRows), Vector(k * chains_), Vector(chains_)});
}

void GradientPass::run(Worker& worker, const Whitening& whitening, const double* const* u, Wanted wanted,
                       Density* const* densities) {
    worker.barrier();
    Vector& interleaved = interleaved_[worker.index()];
    interleave(u, chains_, interleaved);
    const Worker::Range strips = worker.share(partition_.count());
    for (std::size_t s = strips.begin; s < strips.end; ++s) strip(whitening, interleaved, wanted, s);
    worker.barrier();
    const Worker::Range own = worker.share(chains_);
    for (std::size_t c = own.begin; c < own.end; ++c) finish(c, u[c], wanted, *densities[c]);
}

void GradientPass::run_alone(const Whitening& whitening, const double* u, Density& density) {
    Worker alone;
    Density* result = &density;
    run(alone, whitening, &u, Wanted::gradient_and_value, &result);
}

void GradientPass::finish(std::size_t chain, const double* u, Wanted wanted, Density& density) {
    const double* of_prior = of_prior_[chain].data();
    const double log_prior = posteriors_[chain]->prior->log_density(u, of_prior_[chain].data());
    for (std::size_t j = 0; j < k_; ++j) {
        double sum = 0.0;
        for (const Part& part : parts_) sum += part.gradient[j * chains_ + chain];
        density.gradient[j] = sum + of_prior[j];
    }
    if (wanted == Wanted::gradient) return;
    double log_likelihood = 0.0;
    for (const Part& part : parts_) log_likelihood += part.log_likelihood[chain];
    density.log_posterior = log_likelihood + log_prior;
}

void GradientPass::strip(const Whitening& whitening, const Vector& interleaved, Wanted wanted,
                         std::size_t index) {
    Part& part = parts_[index];
    std::fill(part.gradient_lanes.begin(), part.gradient_lanes.end(), 0.0);
    std::fill(part.density_lanes.begin(), part.density_lanes.end(), 0.0);
    const std::size_t begin = partition_.first_panel(index), end = partition_.first_panel(index + 1);
    for (std::size_t first = begin; first < end; first += block_panels_) {
        block(whitening, interleaved, wanted, first, std::min(block_panels_, end - first), part);
    }
    sum_each(part.gradient_lanes, part.gradient);
    sum_each(part.density_lanes, part.log_likelihood);
}

void GradientPass::block(const Whitening& whitening, const Vector& interleaved, Wanted wanted,
                         std::size_t first_panel, std::size_t panels, Part& part) const {
    const ModelLoops& simd = loops().model;
    const std::size_t first = first_panel * kPanelRows;
    const std::size_t n = panels * kPanelRows;
    const std::size_t stride = block_panels_ * kPanelRows;
    const double* matrix = whitening.matrix().panel(first_panel);
    const double* eta0 = &whitening.predictor()[first];
    const RowBlock rows{first, n, stride};
    simd.forward(matrix, panels, k_, interleaved.data(), chains_, part.eta.data(), stride);
    for (std::size_t c = 0; c < chains_; ++c) {
        const Likelihood& likelihood = *posteriors_[c]->likelihood;
        double* eta = &part.eta[c * stride];
        for (std::size_t i = 0; i < n; ++i) eta[i] += eta0[i];
        if (wanted == Wanted::gradient_and_value) {
            likelihood.derivative_and_log_density(rows, eta, &part.density_lanes[c * kPanelRows]);
        } else {
            likelihood.derivative(rows, eta);
        }
    }
    simd.transposed(matrix, panels, k_, part.eta.data(), chains_, stride, part.gradient_lanes.data());
}

}  // namespace polyagamma
