#include "gibbs/gradient_pass.hpp"

#include <algorithm>

#include "kernels/kernels.hpp"
#include "kernels/lanes_sum.hpp"

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

GradientPass::GradientPass(const Rows& rows, std::size_t k, std::size_t chains, RowTeam& team)
    : rows_(rows),
      k_(k),
      chains_(chains),
      block_panels_(panels_per_block(k)),
      strips_(RowStrips::for_vectors(rows.n)),
      team_(team),
      interleaved_(k * chains),
      of_prior_(chains * k) {
    const std::size_t block_rows = block_panels_ * kPanelRows;
    parts_.resize(strips_.count(), {Vector(chains * block_rows), Vector(k * chains * kPanelRows),
                                    Vector(chains * kPanelRows), Vector(k * chains), Vector(chains)});
}

void GradientPass::log_density(const Coordinates& coordinates, const double* const* u, double* gradient,
                               double* log_likelihood_of, double* log_density_of) {
    log_likelihood(coordinates, u, gradient, log_likelihood_of);
    team_.run_chains(chains_, k_, [&](std::size_t c) {
        double* of_prior = &of_prior_[c * k_];
        const double log_prior = coordinates.log_prior(u[c], of_prior);
        for (std::size_t j = 0; j < k_; ++j) gradient[c * k_ + j] += of_prior[j];
        if (log_density_of) log_density_of[c] = log_likelihood_of[c] + log_prior;
    });
}

void GradientPass::log_likelihood(const Coordinates& coordinates, const double* const* u, double* gradient,
                                  double* log_likelihood_of) {
    for (std::size_t c = 0; c < chains_; ++c) {
        for (std::size_t j = 0; j < k_; ++j) interleaved_[j * chains_ + c] = u[c][j];
    }
    team_.run(strips_.count(), [&](std::size_t s) { strip(coordinates, s, log_likelihood_of != nullptr); });
    for (std::size_t c = 0; c < chains_; ++c) {
        for (std::size_t j = 0; j < k_; ++j) {
            double sum = 0.0;
            for (const Part& part : parts_) sum += part.gradient[j * chains_ + c];
            gradient[c * k_ + j] = sum;
        }
        if (log_likelihood_of == nullptr) continue;
        log_likelihood_of[c] = 0.0;
        for (const Part& part : parts_) log_likelihood_of[c] += part.log_likelihood[c];
    }
}

void GradientPass::strip(const Coordinates& coordinates, std::size_t index, bool want_log_likelihood) {
    Part& part = parts_[index];
    std::fill(part.gradient_lanes.begin(), part.gradient_lanes.end(), 0.0);
    std::fill(part.density_lanes.begin(), part.density_lanes.end(), 0.0);
    const std::size_t begin = strips_.first_panel(index);
    const std::size_t end = begin + strips_.panels(index);
    for (std::size_t first = begin; first < end; first += block_panels_) {
        block(coordinates, first, std::min(block_panels_, end - first), want_log_likelihood, part);
    }
    sum_each(part.gradient_lanes, part.gradient);
    sum_each(part.density_lanes, part.log_likelihood);
}

void GradientPass::block(const Coordinates& coordinates, std::size_t first_panel, std::size_t panels,
                         bool want_log_likelihood, Part& part) const {
    const ModelKernels& kernel = kernels().model;
    const std::size_t first = first_panel * kPanelRows;
    const std::size_t n = panels * kPanelRows;
    const std::size_t stride = block_panels_ * kPanelRows;
    const double* matrix = coordinates.matrix().panel(first_panel);
    const double* eta0 = &coordinates.predictor()[first];
    const double* kappa = &rows_.kappa[first];
    const double* shape = &rows_.shape[first];
    kernel.forward(matrix, panels, k_, interleaved_.data(), chains_, part.eta.data(), stride);
    for (std::size_t c = 0; c < chains_; ++c) {
        double* eta = &part.eta[c * stride];
        for (std::size_t i = 0; i < n; ++i) eta[i] += eta0[i];
        if (want_log_likelihood) {
            kernel.residual_and_log_likelihood(kappa, shape, n, eta, &part.density_lanes[c * kPanelRows]);
        } else {
            kernel.residual(kappa, shape, n, eta);
        }
    }
    kernel.transposed(matrix, panels, k_, part.eta.data(), chains_, stride, part.gradient_lanes.data());
}

}  // namespace polyagamma
