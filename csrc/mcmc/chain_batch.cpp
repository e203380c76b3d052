#include "mcmc/chain_batch.hpp"

#include <algorithm>

#include "linalg/dense.hpp"

namespace polyagamma {

ChainBatch::ChainBatch(const Rows& rows, std::size_t k, std::size_t first_chain, BitGen* const* all_bitgens,
                       double* all_u, std::size_t chains, std::size_t workers)
    : first(first_chain),
      bitgens(all_bitgens + first_chain, all_bitgens + first_chain + chains),
      density(chains, Density(k)),
      status(chains),
      pass_(rows, k, chains, workers) {
    for (std::size_t c = 0; c < chains; ++c) u.push_back(all_u + (first_chain + c) * k);
    for (Density& one : density) pointers_.push_back(&one);
}

void ChainBatch::evaluate(Worker& worker, const Whitening& whitening) {
    pass_.run(worker, whitening, u.data(), GradientPass::Wanted::gradient_and_value, pointers_.data());
    check_densities(worker);
}

void ChainBatch::check_densities(const Worker& worker) {
    const Worker::Range own = worker.share(size());
    for (std::size_t c = own.begin; c < own.end; ++c) status[c] = check_finite(&density[c].log_posterior, 1);
}

std::size_t ChainBatch::first_failure(Worker& worker) const {
    worker.barrier();
    const auto bad = std::find_if(status.begin(), status.end(), [](const Status& s) { return !s.ok(); });
    return static_cast<std::size_t>(bad - status.begin());
}

}  // namespace polyagamma
