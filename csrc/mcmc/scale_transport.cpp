#include "mcmc/scale_transport.hpp"

#include <cmath>

namespace polyagamma {
namespace {

// Probabilities nearer to 0 or 1 than that are not proposed from: inverses would have lost too many digits.
constexpr double kLeastProbability = 1e-12;

std::vector<std::size_t> columns_of(const ShrinkagePrior& prior, std::size_t group) {
    std::vector<std::size_t> columns;
    for (const std::size_t j : prior.shrunk())
        if (prior.columns().group[j] == group) columns.push_back(j);
    return columns;
}

}  // namespace

ScaleTransport::ScaleTransport(const ShrinkagePrior& prior, std::size_t group, bool with_local)
    : group_(group),
      columns_(with_local ? columns_of(prior, group) : std::vector<std::size_t>{}),
      grid_(prior.local(), prior.tau0()[group]),
      turn_(std::log(prior.tau0()[group])) {}

void ScaleTransport::see(const ShrinkagePrior& prior) {
    turn_.see(std::log(prior.tau(group_)));
}

double ScaleTransport::propose(const ColumnPseudoData& data, ShrinkagePrior& prior, BitGen& bitgen) const {
    const double before = std::log(prior.tau(group_)), after = turn_.propose(before, bitgen);
    const double of_tau = prior.log_prior_of_tau(group_, after) - prior.log_prior_of_tau(group_, before) +
                          turn_.log_ratio(before, after);
    if (!std::isfinite(of_tau)) return of_tau;
    const ScaleLaws from(grid_, prior, columns_, data);
    prior.set_tau(group_, std::exp(after));
    const ScaleLaws to(grid_, prior, columns_, data);
    return of_tau + move_local_scales(from, to, prior);
}

double ScaleTransport::move_local_scales(const ScaleLaws& from, const ScaleLaws& to,
                                         ShrinkagePrior& prior) const {
    double log_ratio = 0.0;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        const double t = 0.5 * std::log(prior.squares()[columns_[c]]);
        if (!grid_.inside(t)) continue;
        const double probability = from.probability(c, t), moved = to.quantile(c, probability);
        if (!(std::fabs(probability - 0.5) < 0.5 - kLeastProbability) || !grid_.inside(moved))
            return -HUGE_VAL;
        log_ratio += prior.local().log_density(moved) - prior.local().log_density(t) +
                     from.log_density(c, t) - to.log_density(c, moved);
        prior.set_square(columns_[c], std::exp(2.0 * moved));
    }
    return log_ratio;
}

}  // namespace polyagamma
