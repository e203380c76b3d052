#pragma once

#include <cstddef>
#include <vector>

#include "gibbs/coordinates.hpp"
#include "gibbs/gradient_pass.hpp"
#include "gibbs/rows.hpp"
#include "linalg/aligned.hpp"
#include "linalg/status.hpp"
#include "random/bitgen.hpp"

namespace polyagamma {

// Chains that advance in lockstep on one thread, so that they share every pass over the data. What a chain
// computes does not depend on the group that it is in.
struct Group {
    Group(const Rows& rows, std::size_t k, std::size_t first_chain, BitGen* const* all_bitgens, double* all_u,
          std::size_t chains, RowTeam& team);

    std::size_t size() const { return u.size(); }

    // log π(u) and its gradient at every u, where a Gibbs sweep or the start has left them unknown.
    // Not finite: the index is the chain's within the group.
    Status evaluate(const Coordinates& coordinates);

    std::size_t first;  // index of the first chain
    std::vector<BitGen*> bitgens;
    std::vector<double*> u;
    GradientPass pass;
    bool evaluated = false;
    Vector log_likelihood;  // (chains)
    Vector log_density;     // (chains): log π(u)
    Vector gradient;        // (chains, k): of log π
};

}  // namespace polyagamma
