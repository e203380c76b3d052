#pragma once

#include <cstddef>
#include <vector>

#include "linalg/status.hpp"
#include "mcmc/included_columns.hpp"
#include "random/bitgen.hpp"
#include "terms/centred_rows.hpp"
#include "terms/spike_slab_prior.hpp"

namespace polyagamma {

// Which coefficients are in the model, given pseudo-data, with all coefficients and π integrated out (the
// Gibbs sampler of George and McCulloch 1997, Statistica Sinica 7, 339, section 3.2, with ω given). Column by
// column; then columns that are in are exchanged for others that tell about the same, so that an effect jumps
// between them though neither both nor none of them would do.
class IndicatorUpdate {
  public:
    static constexpr std::size_t kNearest = 16;
    IndicatorUpdate(const CentredRows& rows, const SpikeSlabPrior& prior, std::size_t nearest);

    // `included`: of these pseudo-data, with the columns that the prior has in.
    Status run(IncludedColumns& included, SpikeSlabPrior& prior, BitGen& bitgen) const;

  private:
    Status visit(std::size_t column, IncludedColumns& included, SpikeSlabPrior& prior, BitGen& bitgen) const;
    Status exchange(std::size_t column, IncludedColumns& included, SpikeSlabPrior& prior,
                    BitGen& bitgen) const;

    std::vector<std::size_t> spiked_;
    // Of each column that has a spike those near to it, both ways; none if looking for them would take long.
    std::vector<std::vector<std::size_t>> neighbours_;
};

}  // namespace polyagamma
