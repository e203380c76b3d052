#include "mcmc/column_scaling.hpp"

#include <cmath>

#include "random/slice.hpp"
#include "random/variates.hpp"

namespace polyagamma {
namespace {

constexpr double kWidth = 1.0;  // of slices

Vector column(const ShrunkModel& model, std::size_t j) {
    Vector x(model.x.count() * kPanelRows);
    for (std::size_t i = 0; i < x.size(); ++i)
        x[i] = model.x.panel(i / kPanelRows)[j * kPanelRows + i % kPanelRows];
    return x;
}

Vector concentrations(const ShrunkModel& model) {
    Vector found;
    for (const std::size_t j : model.prior.shrunk()) {
        double squares = 0.0, fourth = 0.0;
        for (const double x : column(model, j)) {
            squares += x * x;
            fourth += x * x * x * x;
        }
        found.push_back(squares > 0.0 ? fourth / (squares * squares) : 0.0);
    }
    return found;
}

}  // namespace

ColumnScaling::ColumnScaling(const ShrunkModel& model) : model_(&model), choice_(concentrations(model)) {}

void ColumnScaling::move(const Likelihood& likelihood, const double* extras, ShrinkagePrior& prior,
                         Vector& gamma, Vector& eta, BitGen& bitgen) const {
    const std::size_t j = prior.shrunk()[choice_.at(uniform_variate(bitgen))];
    const double value = gamma[j], square = prior.squares()[j];
    const Vector x = column(*model_, j);
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
