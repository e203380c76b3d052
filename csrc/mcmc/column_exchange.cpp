#include "mcmc/column_exchange.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "mcmc/coefficient_pair.hpp"
#include "mcmc/pseudo_rows.hpp"
#include "mcmc/weighted_choice.hpp"
#include "random/variates.hpp"
#include "simd/loops.hpp"
#include "terms/additive_rows.hpp"
#include "terms/column_neighbours.hpp"

namespace polyagamma {

struct ColumnExchange::State {
    State(double* coordinates, BitGen& generator, const DesignColumns& design)
        : q(coordinates), bitgen(generator), rows(design.stride), deviation(design.count()), choice({}) {}

    double* q;
    BitGen& bitgen;
    double bound = 0.0;  // 1/c²
    GaussianRows rows;   // residuals as their linear terms
    Vector deviation;    // β − m
    WeightedChoice choice;
};

std::unique_ptr<const ColumnExchange> ColumnExchange::make(const Blas& blas, const DesignColumns* design,
                                                           const Likelihood& rows,
                                                           const NoncenteredShrinkage* prior) {
    if (design == nullptr || prior == nullptr || prior->centred().local().fixed()) return nullptr;
    if (rows.predictors() > 1 || !augments_at_extras(rows)) return nullptr;
    return std::make_unique<ColumnExchange>(blas, *design, rows, *prior, kNearest);
}

ColumnExchange::ColumnExchange(const Blas& blas, const DesignColumns& design, const Likelihood& rows,
                               const NoncenteredShrinkage& prior, std::size_t nearest)
    : design_(design),
      rows_(rows),
      prior_(prior),
      shrunk_(prior.centred().shrunk()),
      neighbours_(column_neighbours(blas, design, shrunk_, nearest)) {
    const std::vector<std::size_t>& group = prior.centred().columns().group;
    for (std::size_t i = 0; i < shrunk_.size(); ++i) {
        std::vector<std::size_t>& list = neighbours_[i];
        const auto foreign = [&](std::size_t other) { return group[shrunk_[other]] != group[shrunk_[i]]; };
        list.erase(std::remove_if(list.begin(), list.end(), foreign), list.end());
    }
}

double ColumnExchange::variance(const State& at, std::size_t position) const {
    const std::size_t group = prior_.centred().columns().group[shrunk_[position]];
    return prior_.variance(at.q, group, at.q[prior_.local_place(position)], at.bound);
}

void ColumnExchange::load(State& at) const {
    const std::size_t p = prior_.coefficients(), n = design_.stride;
    Vector beta(p), work(prior_.workspace()), eta(design_.offset), weights(shrunk_.size());
    prior_.coefficients_at(at.q, beta.data(), work.data());
    for (std::size_t j = 0; j < p; ++j) {
        const double* x = design_.column(j);
        for (std::size_t i = 0; i < n; ++i) eta[i] += beta[j] * x[i];
        at.deviation[j] = beta[j] - prior_.centred().columns().mean[j];
    }
    draw_residual_rows(rows_, at.q + prior_.size(), 0, eta, at.bitgen, at.rows);
    at.bound = prior_.bound(at.q);
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = std::sqrt(variance(at, i));
    at.choice = WeightedChoice(std::move(weights));
}

void ColumnExchange::exchange(State& at) const {
    const std::size_t one = at.choice.at(uniform_variate(at.bitgen));
    const std::vector<std::size_t>& near = neighbours_[one];
    const double which = uniform_variate(at.bitgen), level = uniform_variate(at.bitgen);
    if (near.empty()) return;
    const std::size_t other = near[static_cast<std::size_t>(which * static_cast<double>(near.size()))];
    const std::size_t i = shrunk_[one], j = shrunk_[other], n = design_.stride;
    const double *x = design_.column(i), *y = design_.column(j), *w = at.rows.precision.data();
    const ColumnLoops& sums = loops().columns;
    const Vector& unit = prior_.centred().columns().unit;
    double &beta = at.deviation[i], &gamma = at.deviation[j];
    const double a = sums.weighted_dot(x, w, x, n), b = sums.weighted_dot(y, w, y, n),
                 c = sums.weighted_dot(x, w, y, n);
    const CoefficientPair pair{a / (unit[i] * unit[i]),
                               b / (unit[j] * unit[j]),
                               c / (unit[i] * unit[j]),
                               {(sums.dot(x, at.rows.linear.data(), n) + a * beta + c * gamma) / unit[i],
                                (sums.dot(y, at.rows.linear.data(), n) + c * beta + b * gamma) / unit[j]}};
    const double v = variance(at, one), u = variance(at, other);
    if (!(std::min(v, u) > 0.0)) return;  // no z would be a coefficient's
    const double of_choice =
        static_cast<double>(near.size()) / static_cast<double>(neighbours_[other].size());
    const double ratio = pair.log_evidence({u, v}) - pair.log_evidence({v, u}) + std::log(of_choice);
    if (!(std::log(level) < ratio)) return;
    std::swap(at.q[prior_.local_place(one)], at.q[prior_.local_place(other)]);
    at.choice.swap(one, other);
    const CoefficientPair::Values drawn = pair.draw({u, v}, at.bitgen);
    at.q[i] = drawn.first / std::sqrt(u);
    at.q[j] = drawn.second / std::sqrt(v);
    const double of_x = drawn.first / unit[i] - beta, of_y = drawn.second / unit[j] - gamma;
    sums.subtract(w, of_x, x, of_y, y, n, at.rows.linear.data());
    beta += of_x;
    gamma += of_y;
}

void ColumnExchange::move(double* q, BitGen& bitgen) const {
    State at(q, bitgen, design_);
    load(at);
    for (std::size_t i = 0; i < shrunk_.size(); ++i) exchange(at);
}

}  // namespace polyagamma
