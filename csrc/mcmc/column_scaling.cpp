#include "mcmc/column_scaling.hpp"

#include <algorithm>
#include <cmath>

#include "random/slice.hpp"
#include "random/variates.hpp"

namespace polyagamma {
namespace {

constexpr double kWidth = 1.0;   // of slices
constexpr double kRows = 2.0;    // that count, of a column whose turn comes in every sweep
constexpr double kLeast = 0.05;  // of probabilities that are worth it

// (Σx²)² / Σx⁴: a third of n rows if x is normal.
double rows_that_count(const Vector& column) {
    double squares = 0.0, fourth = 0.0;
    for (const double x : column) {
        squares += x * x;
        fourth += x * x * x * x;
    }
    return fourth > 0.0 ? squares * squares / fourth : HUGE_VAL;
}

}  // namespace

ColumnScaling::ColumnScaling(const ShrunkModel& model) : model_(&model) {
    for (const std::size_t j : model.prior.shrunk()) {
        const double probability = std::min(1.0, kRows / rows_that_count(column_of(model, j)));
        if (probability > kLeast) rare_.push_back({j, probability});
    }
}

void ColumnScaling::move(const Likelihood& likelihood, const double* extras, ShrinkagePrior& prior,
                         Vector& gamma, Vector& eta, BitGen& bitgen) const {
    for (const Rare& one : rare_)
        if (uniform_variate(bitgen) < one.probability)
            scale(one.column, likelihood, extras, prior, gamma, eta, bitgen);
}

void ColumnScaling::scale(std::size_t j, const Likelihood& likelihood, const double* extras,
                          ShrinkagePrior& prior, Vector& gamma, Vector& eta, BitGen& bitgen) const {
    const double value = gamma[j], square = prior.squares()[j];
    const Vector x = column_of(*model_, j);
    Vector moved(eta.size());
    const auto at = [&](double log_factor) {
        const double change = std::expm1(log_factor) * value;
        for (std::size_t i = 0; i < eta.size(); ++i) moved[i] = eta[i] + change * x[i];
    };
    const auto log_density = [&](double log_factor) {
        const double scaled = std::exp(log_factor) * value;
        const double v = prior.variance_at(j, square * std::exp(2.0 * log_factor));
        at(log_factor);
        const double sum = log_factor - 0.5 * (std::log(v) + scaled * scaled / v) +
                           prior.local().log_density(0.5 * std::log(square) + log_factor) +
                           log_likelihood_at(likelihood, extras, moved);
        return std::isnan(sum) ? -HUGE_VAL : sum;
    };
    const double chosen = slice_step(0.0, kWidth, log_density, bitgen);
    at(chosen);
    eta.swap(moved);
    gamma[j] = std::exp(chosen) * value;
    prior.set_square(j, square * std::exp(2.0 * chosen));
}

}  // namespace polyagamma
