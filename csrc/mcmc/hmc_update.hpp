#pragma once

#include <cstddef>
#include <vector>

#include "linalg/aligned.hpp"
#include "mcmc/chain_batch.hpp"
#include "mcmc/linear_schedule.hpp"
#include "terms/gradient_pass.hpp"

namespace polyagamma {

// Split Hamiltonian Monte Carlo on π(u), ω marginalised, −log π = ½‖u‖² + rest: where π is standard normal
// there are no kicks, and every trajectory is accepted.
class HmcUpdate final : public Update {
  public:
    // For the chains of `batch`; `schedule` may change between runs.
    HmcUpdate(const ChainBatch& batch, std::size_t k, std::size_t workers, const LinearSchedule& schedule);

    bool needs_densities() const override { return true; }
    bool keeps_densities() const override { return true; }
    // One trajectory of every chain.
    void run(Worker& worker, const Whitening& whitening, ChainBatch& batch) override;

  private:
    // Chains that different threads advance share no cache line.
    struct alignas(64) Trajectory {
        explicit Trajectory(std::size_t k) : u(k), v(k), density(k) {}

        Vector u, v;                       // (k): position and momentum on the way
        Density density;                   // at u
        double angle = 0.0, energy = 0.0;  // rotation between kicks; energy at the start
        double level = 0.0;                // accepted where the probability is greater
    };
    class Motion;
    void start(ChainBatch& batch, std::size_t chain);
    void accept(ChainBatch& batch, std::size_t chain);

    const LinearSchedule& schedule_;
    GradientPass pass_;
    std::vector<Trajectory> trajectories_;
    std::vector<const double*> positions_;
    std::vector<Density*> densities_;
};

}  // namespace polyagamma
