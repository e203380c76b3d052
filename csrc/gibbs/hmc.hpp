#pragma once

#include <cstddef>

#include "gibbs/coordinates.hpp"
#include "gibbs/gradient_pass.hpp"
#include "gibbs/group.hpp"
#include "gibbs/rows.hpp"
#include "linalg/aligned.hpp"

namespace polyagamma {

struct HmcSettings {
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
class SplitHmc {
  public:
    SplitHmc(const Rows& rows, std::size_t k, std::size_t chains, RowTeam& team);

    // One trajectory of every chain of `group`. info (chains).
    void run(const Coordinates& coordinates, const HmcSettings& settings, Group& group, HmcInfo* info);

  private:
    struct Proposal;
    void start(Group& group, const HmcSettings& settings);
    void rotate(std::size_t chain);
    void kick(std::size_t chain, double time);
    void accept(Group& group, std::size_t chain, HmcInfo& info);

    std::size_t k_, chains_;
    GradientPass pass_;
    Vector u_, v_;           // (chains, k): position and momentum on the way
    Vector gradient_;        // (chains, k): of log π at u_
    Vector log_likelihood_;  // (chains)
    Vector log_density_;     // (chains)
    Vector angle_, energy_;  // (chains): rotation between kicks; energy at the start
    std::vector<const double*> positions_;
};

}  // namespace polyagamma
