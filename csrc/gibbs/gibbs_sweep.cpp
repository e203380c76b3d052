#include "gibbs/gibbs_sweep.hpp"

#include <algorithm>

#include "gibbs/normals.hpp"
#include "kernels/kernels.hpp"
#include "kernels/lanes_sum.hpp"
#include "linalg/gaussian.hpp"

namespace polyagamma {
namespace {

constexpr std::size_t kBlockPanels = kBlock / kPanelRows;
constexpr std::size_t kGramPanels = 64;  // measured best: their columns stay in the innermost cache

}  // namespace

GibbsSweep::GibbsSweep(const Rows& rows, std::size_t k, std::size_t chains, RowTeam& team)
    : rows_(rows),
      k_(k),
      chains_(chains),
      strips_(RowStrips::for_matrices(rows.n, k)),
      team_(team),
      interleaved_(k * chains),
      precision_(k * k),
      normals_(k),
      draw_(k),
      keys_(chains) {
    parts_.resize(strips_.count(), {Vector(chains * kBlock), Vector(kBlock), Vector(chains * k * k),
                                    Vector(k * chains * kPanelRows), Vector(chains * kPanelRows)});
}

Status GibbsSweep::run(const Coordinates& coordinates, Group& group, bool want_density, std::size_t& failed) {
    for (std::size_t c = 0; c < chains_; ++c) keys_[c] = FillKey::from(*group.bitgens[c]);
    pass(coordinates, group, {true, want_density});
    group.evaluated = false;
    for (failed = 0; failed < chains_; ++failed) {
        const Status status = draw(coordinates, *group.bitgens[failed], failed, group.u[failed]);
        if (!status.ok()) return status;
    }
    return {};
}

void GibbsSweep::evaluate(const Coordinates& coordinates, Group& group) {
    pass(coordinates, group, {false, true});
}

void GibbsSweep::pass(const Coordinates& coordinates, Group& group, Wanted wanted) {
    for (std::size_t c = 0; c < chains_; ++c) {
        for (std::size_t j = 0; j < k_; ++j) interleaved_[j * chains_ + c] = group.u[c][j];
    }
    team_.run(strips_.count(), [&](std::size_t s) { strip(coordinates, s, wanted); });
    for (std::size_t c = 0; wanted.density && c < chains_; ++c) {
        group.log_density[c] = log_likelihood(c) + coordinates.log_prior(group.u[c], draw_.data());
    }
}

void GibbsSweep::strip(const Coordinates& coordinates, std::size_t index, Wanted wanted) {
    Part& part = parts_[index];
    for (Vector* sums : {&part.precision, &part.right_hand_side, &part.lanes})
        std::fill(sums->begin(), sums->end(), 0.0);
    const std::size_t begin = strips_.first_panel(index);
    const std::size_t end = begin + strips_.panels(index);
    for (std::size_t first = begin; first < end; first += kBlockPanels) {
        block(coordinates, first, std::min(kBlockPanels, end - first), wanted, part);
    }
}

void GibbsSweep::block(const Coordinates& coordinates, std::size_t first_panel, std::size_t panels,
                       Wanted wanted, Part& part) const {
    const ModelKernels& kernel = kernels().model;
    const std::size_t first = first_panel * kPanelRows;
    const std::size_t padded = panels * kPanelRows;
    const double* eta0 = &coordinates.predictor()[first];
    const double* matrix = coordinates.matrix().panel(first_panel);
    kernel.forward(matrix, panels, k_, interleaved_.data(), chains_, part.eta.data(), kBlock);
    for (std::size_t c = 0; c < chains_; ++c) {
        double* eta = &part.eta[c * kBlock];
        for (std::size_t i = 0; i < padded; ++i) eta[i] += eta0[i];
        if (wanted.draw) augment(coordinates, first_panel, panels, c, part);
        if (wanted.density) {
            kernel.residual_and_log_likelihood(&rows_.kappa[first], &rows_.shape[first], padded, eta,
                                               &part.lanes[c * kPanelRows]);
        }
        for (std::size_t i = 0; i < padded; ++i) eta[i] = rows_.kappa[first + i] - part.omega[i] * eta0[i];
    }
    if (!wanted.draw) return;
    kernel.transposed(matrix, panels, k_, part.eta.data(), chains_, kBlock, part.right_hand_side.data());
}

void GibbsSweep::augment(const Coordinates& coordinates, std::size_t first_panel, std::size_t panels,
                         std::size_t chain, Part& part) const {
    const std::size_t first = first_panel * kPanelRows;
    const std::size_t padded = panels * kPanelRows;
    const std::size_t n = std::min(padded, rows_.n - first);
    double* omega = part.omega.data();
    fill(keys_[chain], first / kBlock, {&rows_.shape[first], 1}, {&part.eta[chain * kBlock], 1}, n, omega);
    std::fill(omega + n, omega + padded, 0.0);
    for (std::size_t t = 0; t < panels; t += kGramPanels) {
        kernels().model.weighted_gram(coordinates.matrix().panel(first_panel + t),
                                      std::min(kGramPanels, panels - t), k_, omega + t * kPanelRows,
                                      &part.precision[chain * k_ * k_]);
    }
}

double GibbsSweep::log_likelihood(std::size_t chain) const {
    double sum = 0.0;
    for (const Part& part : parts_) sum += sum_lanes(&part.lanes[chain * kPanelRows]);
    return sum;
}

// The coefficients given ω, from the sums of all strips.
Status GibbsSweep::draw(const Coordinates& coordinates, BitGen& bitgen, std::size_t chain, double* u) {
    precision_ = coordinates.precision();
    for (std::size_t j = 0; j < k_; ++j) draw_[j] = -coordinates.linear()[j];
    for (const Part& part : parts_) {
        const double* share = &part.precision[chain * k_ * k_];
        for (std::size_t i = 0; i < k_ * k_; ++i) precision_[i] += share[i];
        for (std::size_t j = 0; j < k_; ++j) {
            draw_[j] += sum_lanes(&part.right_hand_side[(j * chains_ + chain) * kPanelRows]);
        }
    }
    fill_normals(bitgen, normals_.data(), k_);
    const Status status =
        draw_from_precision(coordinates.blas(), precision_.data(), draw_.data(), normals_.data(), k_);
    if (status.ok()) std::copy(draw_.begin(), draw_.end(), u);
    return status;
}

}  // namespace polyagamma
