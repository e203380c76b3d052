#include "gibbs/gibbs_sweep.hpp"

#include <algorithm>

#include "gibbs/lanes_sum.hpp"
#include "gibbs/normals.hpp"
#include "kernels/kernels.hpp"
#include "linalg/gaussian.hpp"

namespace polyagamma {
namespace {

constexpr std::size_t kBlockPanels = kBlock / kPanelRows;
constexpr std::size_t kGramPanels = 64;  // measured best: their columns stay in the innermost cache

}  // namespace

GibbsSweep::GibbsSweep(const Rows& rows, std::size_t k, std::size_t chains)
    : rows_(rows),
      k_(k),
      chains_(chains),
      interleaved_(k * chains),
      eta_(chains * kBlock),
      omega_(chains * kBlock),
      precision_(chains * k * k),
      right_hand_side_(k * chains * kPanelRows),
      lanes_(chains * kPanelRows),
      normals_(k),
      draw_(k),
      keys_(chains) {}

Status GibbsSweep::run(const Coordinates& coordinates, Group& group, bool want_density, std::size_t& failed) {
    pass(coordinates, group, want_density);
    group.evaluated = false;
    for (failed = 0; failed < chains_; ++failed) {
        const Status status = draw(coordinates, *group.bitgens[failed], failed, group.u[failed]);
        if (!status.ok()) return status;
    }
    return {};
}

void GibbsSweep::pass(const Coordinates& coordinates, Group& group, bool want_density) {
    for (std::size_t c = 0; c < chains_; ++c) {
        keys_[c] = FillKey::from(*group.bitgens[c]);
        for (std::size_t j = 0; j < k_; ++j) interleaved_[j * chains_ + c] = group.u[c][j];
        std::copy(coordinates.precision().begin(), coordinates.precision().end(), &precision_[c * k_ * k_]);
    }
    std::fill(right_hand_side_.begin(), right_hand_side_.end(), 0.0);
    std::fill(lanes_.begin(), lanes_.end(), 0.0);
    const std::size_t panels = coordinates.matrix().count();
    for (std::size_t first = 0; first < panels; first += kBlockPanels) {
        block(coordinates, first, std::min(kBlockPanels, panels - first), want_density);
    }
    for (std::size_t c = 0; want_density && c < chains_; ++c) {
        group.log_density[c] =
            sum_lanes(&lanes_[c * kPanelRows]) + coordinates.log_prior(group.u[c], draw_.data());
    }
}

void GibbsSweep::block(const Coordinates& coordinates, std::size_t first_panel, std::size_t panels,
                       bool want_density) {
    const ModelKernels& kernel = kernels().model;
    const std::size_t first = first_panel * kPanelRows;
    const std::size_t padded = panels * kPanelRows;
    const std::size_t n = std::min(padded, rows_.n - first);
    const double* eta0 = &coordinates.predictor()[first];
    const double* matrix = coordinates.matrix().panel(first_panel);
    kernel.forward(matrix, panels, k_, interleaved_.data(), chains_, eta_.data(), kBlock);
    for (std::size_t c = 0; c < chains_; ++c) {
        double* eta = &eta_[c * kBlock];
        double* omega = &omega_[c * kBlock];
        for (std::size_t i = 0; i < padded; ++i) eta[i] += eta0[i];
        fill(keys_[c], first / kBlock, {&rows_.shape[first], 1}, {eta, 1}, n, omega);
        std::fill(omega + n, omega + padded, 0.0);
        for (std::size_t t = 0; t < panels; t += kGramPanels) {
            kernel.weighted_gram(coordinates.matrix().panel(first_panel + t),
                                 std::min(kGramPanels, panels - t), k_, omega + t * kPanelRows,
                                 &precision_[c * k_ * k_]);
        }
        if (want_density) {
            kernel.residual_and_log_likelihood(&rows_.kappa[first], &rows_.shape[first], padded, eta,
                                               &lanes_[c * kPanelRows]);
        }
        for (std::size_t i = 0; i < padded; ++i) eta[i] = rows_.kappa[first + i] - omega[i] * eta0[i];
    }
    kernel.transposed(matrix, panels, k_, eta_.data(), chains_, kBlock, right_hand_side_.data());
}

Status GibbsSweep::draw(const Coordinates& coordinates, BitGen& bitgen, std::size_t chain, double* u) {
    for (std::size_t j = 0; j < k_; ++j) {
        draw_[j] = sum_lanes(&right_hand_side_[(j * chains_ + chain) * kPanelRows]) - coordinates.linear()[j];
    }
    fill_normals(bitgen, normals_.data(), k_);
    const Status status = draw_from_precision(coordinates.blas(), &precision_[chain * k_ * k_], draw_.data(),
                                              normals_.data(), k_);
    if (status.ok()) std::copy(draw_.begin(), draw_.end(), u);
    return status;
}

}  // namespace polyagamma
