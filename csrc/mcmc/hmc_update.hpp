#pragma once

#include <cstddef>
#include <vector>

#include "likelihood/binomial.hpp"
#include "linalg/aligned.hpp"
#include "mcmc/chain_batch.hpp"
#include "parallel/region.hpp"
#include "terms/density.hpp"
#include "terms/gradient_pass.hpp"
#include "terms/whitening.hpp"

namespace polyagamma {

struct LeapfrogSettings {
    double angle = 1.5;     // mean rotation between kicks
    std::size_t kicks = 1;  // gradients per trajectory
};

// What a trajectory did, per chain.
struct HmcInfo {
    double acceptance = 0.0;    // min(1, exp(−energy error))
    double energy = 0.0;        // −log π(u) + ½‖v‖² where the chain is afterwards
    double energy_error = 0.0;  // of the proposal
};

// Hamiltonian Monte Carlo on π(u), ω marginalised, split as −log π = ½‖u‖² + rest (Shahbaba et al. 2014,
// Stat. Comput. 24, 339, section 3.1): the flow of ½‖u‖² + ½‖v‖² is a rotation, done exactly; the rest kicks
// the momentum v. Where π is standard normal there are no kicks, and every trajectory is accepted.
class HmcUpdate {
  public:
    HmcUpdate(const Rows& rows, std::size_t k, std::size_t chains, std::size_t workers);

    // One trajectory of every chain of `group`, whose densities are known. All workers take part.
    void run(Worker& worker, const Whitening& whitening, const LeapfrogSettings& settings, ChainBatch& group);
    // What it did; for a worker's own chains.
    const HmcInfo& info(std::size_t chain) const { return trajectories_[chain].info; }

  private:
    // Chains that different threads advance share no cache line.
    struct alignas(64) Trajectory {
        explicit Trajectory(std::size_t k) : u(k), v(k), density(k) {}

        Vector u, v;                       // (k): position and momentum on the way
        Density density;                   // at u
        double angle = 0.0, energy = 0.0;  // rotation between kicks; energy at the start
        double level = 0.0;                // accepted where the probability is greater
        HmcInfo info;
    };
    void start(ChainBatch& group, std::size_t chain, const LeapfrogSettings& settings);
    static void rotate(Trajectory& trajectory);
    static void kick(Trajectory& trajectory, double share);
    void accept(ChainBatch& group, std::size_t chain);

    GradientPass pass_;
    std::vector<Trajectory> trajectories_;
    std::vector<const double*> positions_;
    std::vector<Density*> densities_;
};

}  // namespace polyagamma
