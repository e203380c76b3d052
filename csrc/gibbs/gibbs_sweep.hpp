#pragma once

#include <cstddef>
#include <vector>

#include "gibbs/coordinates.hpp"
#include "gibbs/group.hpp"
#include "gibbs/row_team.hpp"
#include "gibbs/rows.hpp"
#include "linalg/aligned.hpp"
#include "linalg/status.hpp"
#include "pg/sampler.hpp"
#include "random/bitgen.hpp"

namespace polyagamma {

// The data-augmentation sweep of Polson, Scott and Windle (2013), section 3, for up to kGroupChains chains in
// lockstep: ω_i | u ~ PG(b_i, η_i), then u | ω ~ N(Q⁻¹r, Q⁻¹) with Q = MᵀΩM + P, r = Mᵀ(κ − Ωη₀) − s.
// One pass over M does both for all chains: ω never outlives the block of rows that it belongs to.
class GibbsSweep {
  public:
    GibbsSweep(const Rows& rows, std::size_t k, std::size_t chains, RowTeam& team);

    // The next states of `group`. With `want_density` its log-densities are set to those of the states on
    // entry. On failure `failed` is the chain within the group.
    Status run(const Coordinates& coordinates, Group& group, bool want_density, std::size_t& failed);
    // The log-densities of the states of `group`, to the same bits as `run` finds them.
    void evaluate(const Coordinates& coordinates, Group& group);

  private:
    // The sums of a strip of rows, and its workspace.
    struct Part {
        Vector eta;              // (chains, rows of a block)
        Vector omega;            // (rows of a block)
        Vector precision;        // (chains, k, k): share of MᵀΩM
        Vector right_hand_side;  // (k, chains, kPanelRows): lanes of Mᵀ(κ − Ωη₀)
        Vector lanes;            // (chains, kPanelRows): lanes of the log-likelihood
    };

    // What a pass over the rows is to find.
    struct Wanted {
        bool draw, density;
    };

    void pass(const Coordinates& coordinates, Group& group, Wanted wanted);
    void strip(const Coordinates& coordinates, std::size_t index, Wanted wanted);
    void block(const Coordinates& coordinates, std::size_t first_panel, std::size_t panels, Wanted wanted,
               Part& part) const;
    // ω of a block, and its share of MᵀΩM.
    void augment(const Coordinates& coordinates, std::size_t first_panel, std::size_t panels,
                 std::size_t chain, Part& part) const;
    double log_likelihood(std::size_t chain) const;
    Status draw(const Coordinates& coordinates, BitGen& bitgen, std::size_t chain, double* u);

    const Rows& rows_;
    std::size_t k_, chains_;
    RowStrips strips_;
    RowTeam& team_;
    Vector interleaved_;         // (k, chains): all u
    Vector precision_;           // (k, k): Q
    Vector normals_, draw_;      // (k)
    std::vector<FillKey> keys_;  // (chains)
    std::vector<Part> parts_;
};

}  // namespace polyagamma
