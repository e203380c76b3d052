#pragma once

#include <cstddef>
#include <vector>

#include "gibbs/coordinates.hpp"
#include "gibbs/density.hpp"
#include "gibbs/gradient_pass.hpp"
#include "gibbs/rows.hpp"
#include "gibbs/team.hpp"
#include "linalg/status.hpp"
#include "random/bitgen.hpp"

namespace polyagamma {

// Chains that advance in lockstep, so that they share every pass over the data. What a chain computes does
// not depend on the group that it is in.
struct Group {
    Group(const Rows& rows, std::size_t k, std::size_t first_chain, BitGen* const* all_bitgens, double* all_u,
          std::size_t chains, std::size_t members);

    std::size_t size() const { return u.size(); }

    // `density` and `status` of the member's own chains, where a Gibbs sweep or the start has left them
    // unknown. All members take part.
    void evaluate(Member& member, const Coordinates& coordinates);
    // `status` of the member's own chains: whether their log-posteriors are finite.
    void check_densities(const Member& member);
    // The first chain whose status is not ok, or size(). All members take part, and get the same answer.
    std::size_t first_failure(Member& member) const;

    std::size_t first;  // index of the first chain
    std::vector<BitGen*> bitgens;
    std::vector<double*> u;
    std::vector<Density> density;  // at u
    std::vector<Status> status;

  private:
    GradientPass pass_;
    std::vector<Density*> pointers_;
};

}  // namespace polyagamma
