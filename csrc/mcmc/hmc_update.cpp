#include "mcmc/hmc_update.hpp"

#include <algorithm>

#include "linalg/dense.hpp"
#include "mcmc/split_hmc.hpp"
#include "random/normals.hpp"

namespace polyagamma {

HmcUpdate::HmcUpdate(const Rows& rows, std::size_t k, std::size_t chains, std::size_t workers)
    : pass_(rows, k, chains, workers), trajectories_(chains, Trajectory(k)) {
    for (Trajectory& trajectory : trajectories_) {
        positions_.push_back(trajectory.u.data());
        densities_.push_back(&trajectory.density);
    }
}

void HmcUpdate::run(Worker& worker, const Whitening& whitening, const LeapfrogSettings& settings,
                    ChainBatch& group) {
    const Worker::Range own = worker.share(trajectories_.size());
    for (std::size_t c = own.begin; c < own.end; ++c) start(group, c, settings);
    for (std::size_t kicks_left = settings.kicks; kicks_left > 0; --kicks_left) {
        for (std::size_t c = own.begin; c < own.end; ++c) rotate(trajectories_[c]);
        const bool last = kicks_left == 1;
        pass_.run(worker, whitening, positions_.data(),
                  last ? GradientPass::Wanted::gradient_and_value : GradientPass::Wanted::gradient,
                  densities_.data());
        for (std::size_t c = own.begin; c < own.end; ++c) kick(trajectories_[c], last ? 0.5 : 1.0);
    }
    for (std::size_t c = own.begin; c < own.end; ++c) accept(group, c);
}

// Fresh momentum, and half a kick with the gradient that the group already has.
void HmcUpdate::start(ChainBatch& group, std::size_t chain, const LeapfrogSettings& settings) {
    Trajectory& t = trajectories_[chain];
    BitGen& bitgen = *group.bitgens[chain];
    const std::size_t k = t.u.size();
    fill_normals(bitgen, t.v.data(), k);
    t.angle = spread_angle(settings.angle, bitgen);
    t.level = bitgen.next_double(bitgen.state);
    t.energy = 0.5 * dot(t.v.data(), t.v.data(), k) - group.density[chain].log_posterior;
    std::copy_n(group.u[chain], k, t.u.begin());
    t.density.gradient = group.density[chain].gradient;
    kick(t, 0.5);
}

void HmcUpdate::rotate(Trajectory& t) {
    const Rotation rotation(t.angle);
    for (std::size_t j = 0; j < t.u.size(); ++j) rotation.turn(t.u[j], t.v[j]);
}

// The gradient of log π + ½‖u‖², for `share` of the time that a rotation takes.
void HmcUpdate::kick(Trajectory& t, double share) {
    const double time = share * t.angle;
    for (std::size_t j = 0; j < t.u.size(); ++j) t.v[j] += time * (t.density.gradient[j] + t.u[j]);
}

void HmcUpdate::accept(ChainBatch& group, std::size_t chain) {
    Trajectory& t = trajectories_[chain];
    const double energy = 0.5 * dot(t.v.data(), t.v.data(), t.v.size()) - t.density.log_posterior;
    t.info.energy_error = energy - t.energy;
    t.info.acceptance = acceptance_probability(t.info.energy_error);
    if (!(t.level < t.info.acceptance)) {
        t.info.energy = t.energy;
        return;
    }
    t.info.energy = energy;
    std::copy(t.u.begin(), t.u.end(), group.u[chain]);
    std::swap(group.density[chain], t.density);
}

}  // namespace polyagamma
