#include "gibbs/hmc.hpp"

#include <algorithm>
#include <cmath>

#include "gibbs/normals.hpp"
#include "linalg/dense.hpp"

namespace polyagamma {
namespace {

constexpr double kAngleSpread = 0.2;  // the angle is uniform within ±20 %, so that no direction resonates

}  // namespace

SplitHmc::SplitHmc(const Rows& rows, std::size_t k, std::size_t chains, RowTeam& team)
    : k_(k),
      chains_(chains),
      pass_(rows, k, chains, team),
      u_(chains * k),
      v_(chains * k),
      gradient_(chains * k),
      log_likelihood_(chains),
      log_density_(chains),
      angle_(chains),
      energy_(chains) {
    for (std::size_t c = 0; c < chains; ++c) positions_.push_back(&u_[c * k]);
}

void SplitHmc::run(const Coordinates& coordinates, const HmcSettings& settings, Group& group, HmcInfo* info) {
    start(group, settings);
    for (std::size_t kicks_left = settings.kicks; kicks_left > 0; --kicks_left) {
        for (std::size_t c = 0; c < chains_; ++c) rotate(c);
        const bool last = kicks_left == 1;
        pass_.log_density(coordinates, positions_.data(), gradient_.data(),
                          last ? log_likelihood_.data() : nullptr, last ? log_density_.data() : nullptr);
        for (std::size_t c = 0; c < chains_; ++c) kick(c, last ? 0.5 : 1.0);
    }
    for (std::size_t c = 0; c < chains_; ++c) accept(group, c, info[c]);
}

// Fresh momentum, and half a kick with the gradient that the group already has.
void SplitHmc::start(Group& group, const HmcSettings& settings) {
    for (std::size_t c = 0; c < chains_; ++c) {
        BitGen& bitgen = *group.bitgens[c];
        double* v = &v_[c * k_];
        fill_normals(bitgen, v, k_);
        angle_[c] = settings.angle * (1.0 + kAngleSpread * (2.0 * bitgen.next_double(bitgen.state) - 1.0));
        energy_[c] = 0.5 * dot(v, v, k_) - group.log_density[c];
        std::copy(group.u[c], group.u[c] + k_, &u_[c * k_]);
        std::copy(&group.gradient[c * k_], &group.gradient[c * k_] + k_, &gradient_[c * k_]);
        kick(c, 0.5);
    }
}

void SplitHmc::rotate(std::size_t chain) {
    const double cosine = std::cos(angle_[chain]);
    const double sine = std::sin(angle_[chain]);
    double* u = &u_[chain * k_];
    double* v = &v_[chain * k_];
    for (std::size_t j = 0; j < k_; ++j) {
        const double turned = cosine * u[j] + sine * v[j];
        v[j] = cosine * v[j] - sine * u[j];
        u[j] = turned;
    }
}

// The gradient of log π + ½‖u‖², for `share` of the time that a rotation takes.
void SplitHmc::kick(std::size_t chain, double share) {
    const double time = share * angle_[chain];
    const double* u = &u_[chain * k_];
    const double* gradient = &gradient_[chain * k_];
    double* v = &v_[chain * k_];
    for (std::size_t j = 0; j < k_; ++j) v[j] += time * (gradient[j] + u[j]);
}

void SplitHmc::accept(Group& group, std::size_t chain, HmcInfo& info) {
    const double* v = &v_[chain * k_];
    const double energy = 0.5 * dot(v, v, k_) - log_density_[chain];
    BitGen& bitgen = *group.bitgens[chain];
    const double level = bitgen.next_double(bitgen.state);
    info.energy_error = energy - energy_[chain];
    info.acceptance = info.energy_error <= 0.0 ? 1.0 : std::exp(-info.energy_error);
    if (!(level < info.acceptance)) {  // also where the energy is not finite
        if (std::isnan(info.acceptance)) info.acceptance = 0.0;
        info.energy = energy_[chain];
        return;
    }
    info.energy = energy;
    std::copy(&u_[chain * k_], &u_[chain * k_] + k_, group.u[chain]);
    std::copy(&gradient_[chain * k_], &gradient_[chain * k_] + k_, &group.gradient[chain * k_]);
    group.log_likelihood[chain] = log_likelihood_[chain];
    group.log_density[chain] = log_density_[chain];
}

}  // namespace polyagamma
