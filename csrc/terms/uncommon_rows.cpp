#include "terms/uncommon_rows.hpp"

#include <algorithm>
#include <limits>

namespace polyagamma {
namespace {

bool is_constant(const Vector& x, std::size_t n) {
    return n > 0 && x[0] != 0.0 &&
           std::all_of(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(n),
                       [&](double value) { return value == x[0]; });
}

// The value that more than half of the numbers have, if one has (Boyer and Moore 1991, Automated Reasoning,
// Kluwer, 105).
double majority(const Vector& x, std::size_t n) {
    double candidate = 0.0;
    std::size_t lead = 0;
    for (std::size_t i = 0; i < n; ++i) {
        if (lead == 0) candidate = x[i];
        lead = x[i] == candidate ? lead + 1 : lead - 1;
    }
    return candidate;
}

UncommonRows uncommon_rows(const Vector& x, std::size_t n) {
    UncommonRows found;
    found.common = majority(x, n);
    for (std::size_t i = 0; i < n; ++i)
        if (x[i] != found.common) found.rows.push_back(static_cast<std::uint32_t>(i));
    if (4 * found.rows.size() > n) return {};
    for (const std::uint32_t i : found.rows) found.more.push_back(x[i] - found.common);
    return found;
}

}  // namespace

UncommonColumns::UncommonColumns(const CentredRows& model, const ShrinkagePrior::Columns& of_prior) {
    const std::size_t k = model.size(), n = model.likelihood.rows();
    for (std::size_t j = 0; j < k && intercept == ShrinkagePrior::kNone; ++j) {
        if (of_prior.group[j] != ShrinkagePrior::kNone) continue;
        const Vector x = column_of(model, j);
        if (!is_constant(x, n)) continue;
        intercept = j;
        constant = x[0];
    }
    if (intercept == ShrinkagePrior::kNone || n > std::numeric_limits<std::uint32_t>::max()) return;
    for (std::size_t j = 0; j < k; ++j)
        columns.push_back(of_prior.group[j] == ShrinkagePrior::kNone ? UncommonRows{}
                                                                     : uncommon_rows(column_of(model, j), n));
}

}  // namespace polyagamma
