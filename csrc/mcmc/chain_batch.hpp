#pragma once

#include <cstddef>
#include <vector>

#include "likelihood/binomial.hpp"
#include "linalg/status.hpp"
#include "parallel/region.hpp"
#include "random/bitgen.hpp"
#include "terms/density.hpp"
#include "terms/gradient_pass.hpp"
#include "terms/whitening.hpp"

namespace polyagamma {

// Chains that advance in lockstep, so that they share every pass over the data. What a chain computes does
// not depend on the group that it is in.
struct ChainBatch {
    ChainBatch(const Rows& rows, std::size_t k, std::size_t first_chain, BitGen* const* all_bitgens,
               double* all_u, std::size_t chains, std::size_t workers);

    std::size_t size() const { return u.size(); }

    // `density` and `status` of the worker's own chains, where a Gibbs sweep or the start has left them
    // unknown. All workers take part.
    void evaluate(Worker& worker, const Whitening& whitening);
    // `status` of the worker's own chains: whether their log-posteriors are finite.
    void check_densities(const Worker& worker);
    // The first chain whose status is not ok, or size(). All workers take part, and get the same answer.
    std::size_t first_failure(Worker& worker) const;

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
