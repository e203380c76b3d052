#include "gibbs/group.hpp"

#include "linalg/dense.hpp"

namespace polyagamma {

Group::Group(const Rows& rows, std::size_t k, std::size_t first_chain, BitGen* const* all_bitgens,
             double* all_u, std::size_t chains, RowTeam& team)
    : first(first_chain),
      bitgens(all_bitgens + first_chain, all_bitgens + first_chain + chains),
      pass(rows, k, chains, team),
      log_likelihood(chains),
      log_density(chains),
      gradient(chains * k) {
    for (std::size_t c = 0; c < chains; ++c) u.push_back(all_u + (first_chain + c) * k);
}

Status Group::evaluate(const Coordinates& coordinates) {
    if (evaluated) return {};
    pass.log_density(coordinates, u.data(), gradient.data(), log_likelihood.data(), log_density.data());
    evaluated = true;
    return check_finite(log_density.data(), size());
}

}  // namespace polyagamma
