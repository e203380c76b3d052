#include "mcmc/indicator_update.hpp"

#include <cmath>
#include <utility>

#include "random/variates.hpp"
#include "terms/column_neighbours.hpp"
#include "terms/design_columns.hpp"

namespace polyagamma {
namespace {

// By column, empty for those without a spike.
std::vector<std::vector<std::size_t>> near_columns(const CentredRows& rows,
                                                   const std::vector<std::size_t>& spiked,
                                                   std::size_t nearest) {
    std::vector<std::vector<std::size_t>> near(rows.size());
    const std::size_t padded = rows.offset.size();
    DesignColumns design{padded, {}, rows.offset};
    std::vector<std::size_t> positions;
    for (const std::size_t j : spiked) {
        const Vector x = column_of(rows, j);
        design.matrix.insert(design.matrix.end(), x.begin(), x.end());
        positions.push_back(positions.size());
    }
    const auto lists = column_neighbours(rows.blas, design, positions, nearest);
    for (std::size_t i = 0; i < spiked.size(); ++i)
        for (const std::size_t other : lists[i]) near[spiked[i]].push_back(spiked[other]);
    return near;
}

}  // namespace

IndicatorUpdate::IndicatorUpdate(const CentredRows& rows, const SpikeSlabPrior& prior, std::size_t nearest)
    : spiked_(prior.spiked()), neighbours_(near_columns(rows, spiked_, nearest)) {}

Status IndicatorUpdate::run(IncludedColumns& included, SpikeSlabPrior& prior, BitGen& bitgen) const {
    std::vector<std::size_t> order(spiked_);
    shuffle(order, bitgen);
    for (const std::size_t j : order)
        if (const Status status = visit(j, included, prior, bitgen); !status.ok()) return status;
    // As many as are in, of columns chosen anew each time: the way back chooses with the same probability.
    std::vector<std::size_t> in;
    for (const std::size_t j : spiked_)
        if (prior.in(j)) in.push_back(j);
    for (std::size_t k = 0; k < in.size(); ++k) {
        std::size_t& chosen = in[index_below(in.size(), bitgen)];
        if (const Status status = exchange(chosen, included, prior, bitgen); !status.ok()) return status;
        if (!prior.in(chosen)) chosen = included.columns().back();
    }
    return {};
}

Status IndicatorUpdate::visit(std::size_t column, IncludedColumns& included, SpikeSlabPrior& prior,
                              BitGen& bitgen) const {
    const bool was_in = prior.in(column);
    const std::size_t at = was_in ? included.position(column) : 0;
    const auto evidence = was_in ? included.of_included(at) : included.of(column);
    const double log_odds = prior.log_odds(prior.count_in() - (was_in ? 1 : 0)) + evidence.log_factor();
    const bool is_in = uniform_variate(bitgen) * (1.0 + std::exp(-log_odds)) < 1.0;
    prior.set_in(column, is_in);
    if (is_in == was_in) return {};
    if (is_in) return included.add(column);
    included.remove(at);
    return {};
}

Status IndicatorUpdate::exchange(std::size_t column, IncludedColumns& included, SpikeSlabPrior& prior,
                                 BitGen& bitgen) const {
    const std::vector<std::size_t>& near = neighbours_[column];
    const double level = uniform_variate(bitgen);
    if (near.empty()) return {};
    const std::size_t other = near[index_below(near.size(), bitgen)];
    if (prior.in(other)) return {};
    const std::size_t at = included.position(column);
    const double of_choice =
        static_cast<double>(near.size()) / static_cast<double>(neighbours_[other].size());
    const double ratio = included.in_place_of(at, other).log_factor() -
                         included.of_included(at).log_factor() + std::log(of_choice);
    if (!(std::log(level) < ratio)) return {};
    prior.set_in(column, false);
    prior.set_in(other, true);
    included.remove(at);
    return included.add(other);
}

}  // namespace polyagamma
