#include "mcmc/hmc_update.hpp"

#include <algorithm>

#include "linalg/dense.hpp"
#include "mcmc/split_hmc.hpp"
#include "random/normals.hpp"

namespace polyagamma {

// The trajectories of a worker's own chains, in step with those of the other workers.
class HmcUpdate::Motion {
  public:
    Motion(HmcUpdate& update, Worker& worker, const Whitening& whitening, ChainBatch& batch)
        : update_(update),
          worker_(worker),
          whitening_(whitening),
          batch_(batch),
          own_(worker.share(update.trajectories_.size())) {}

    Status start() {
        for (std::size_t c = own_.begin; c < own_.end; ++c) update_.start(batch_, c);
        return {};
    }

    // The gradient of log π + ½‖u‖².
    void kick(double share) {
        for_own([share](Trajectory& t) {
            const double time = share * t.angle;
            for (std::size_t j = 0; j < t.u.size(); ++j) t.v[j] += time * (t.density.gradient[j] + t.u[j]);
        });
    }

    void rotate() {
        for_own([](Trajectory& t) {
            const Rotation rotation(t.angle);
            for (std::size_t j = 0; j < t.u.size(); ++j) rotation.turn(t.u[j], t.v[j]);
        });
    }

    Status differentiate(bool last) {
        const auto wanted = last ? GradientPass::Wanted::gradient_and_value : GradientPass::Wanted::gradient;
        update_.pass_.run(worker_, whitening_, update_.positions_.data(), wanted, update_.densities_.data());
        return {};
    }

    void accept() {
        for (std::size_t c = own_.begin; c < own_.end; ++c) update_.accept(batch_, c);
    }

  private:
    template <class Work>
    void for_own(Work work) {
        for (std::size_t c = own_.begin; c < own_.end; ++c) work(update_.trajectories_[c]);
    }

    HmcUpdate& update_;
    Worker& worker_;
    const Whitening& whitening_;
    ChainBatch& batch_;
    const Worker::Range own_;
};

HmcUpdate::HmcUpdate(const ChainBatch& batch, std::size_t k, std::size_t workers,
                     const LinearSchedule& schedule)
    : schedule_(schedule), pass_(batch.posteriors(), k, workers), trajectories_(batch.size(), Trajectory(k)) {
    for (Trajectory& trajectory : trajectories_) {
        positions_.push_back(trajectory.u.data());
        densities_.push_back(&trajectory.density);
    }
}

void HmcUpdate::run(Worker& worker, const Whitening& whitening, ChainBatch& batch) {
    Motion motion(*this, worker, whitening, batch);
    const Status status = leapfrog(motion, schedule_.hmc.steps);
    static_cast<void>(status);  // nothing in it fails: what is not finite is rejected
}

// Fresh momentum; the gradient is the one that the batch already has.
void HmcUpdate::start(ChainBatch& batch, std::size_t chain) {
    Trajectory& t = trajectories_[chain];
    BitGen& bitgen = *batch.bitgens[chain];
    const std::size_t k = t.u.size();
    fill_normals(bitgen, t.v.data(), k);
    t.angle = spread_angle(schedule_.hmc.step_size, bitgen);
    t.level = bitgen.next_double(bitgen.state);
    t.energy = 0.5 * dot(t.v.data(), t.v.data(), k) - batch.density[chain].log_posterior;
    std::copy_n(batch.u[chain], k, t.u.begin());
    t.density.gradient = batch.density[chain].gradient;
}

void HmcUpdate::accept(ChainBatch& batch, std::size_t chain) {
    Trajectory& t = trajectories_[chain];
    UpdateInfo& info = batch.info[chain];
    const double energy = 0.5 * dot(t.v.data(), t.v.data(), t.v.size()) - t.density.log_posterior;
    info.energy_error = energy - t.energy;
    const double probability = acceptance_probability(info.energy_error);
    info.acceptance += probability / static_cast<double>(schedule_.trajectories);
    if (!(t.level < probability)) {
        info.energy = t.energy;
        return;
    }
    info.energy = energy;
    std::copy(t.u.begin(), t.u.end(), batch.u[chain]);
    std::swap(batch.density[chain], t.density);
}

}  // namespace polyagamma
