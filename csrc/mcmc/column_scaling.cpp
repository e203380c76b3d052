#include "mcmc/column_scaling.hpp"

#include <algorithm>
#include <cmath>

#include "mcmc/moving_rows.hpp"
#include "random/slice.hpp"
#include "random/variates.hpp"

namespace polyagamma {
namespace {

constexpr double kWidth = 1.0;     // of slices
constexpr double kRows = 2.0;      // that count, of a column whose turn comes in every sweep
constexpr double kLeast = 0.05;    // of probabilities that are worth it
constexpr double kTime = 2.0;      // sweeps an effective draw, where turns become neither more nor fewer
constexpr double kFewest = 20.0;   // sweeps that tell something
constexpr double kLargest = 0.98;  // of autocorrelations

// (Σx²)² / Σx⁴: a third of n rows if x is normal.
double rows_that_count(const Vector& column) {
    double squares = 0.0, fourth = 0.0;
    for (const double x : column) {
        squares += x * x;
        fourth += x * x * x * x;
    }
    return fourth > 0.0 ? squares * squares / fourth : HUGE_VAL;
}

double worth(double probability) {
    return probability < kLeast ? 0.0 : std::min(1.0, probability);
}

}  // namespace

ColumnScaling::ColumnScaling(const ShrunkModel& model)
    : model_(&model),
      probability_(model.size()),
      last_(model.size()),
      sum_(model.size()),
      square_(model.size()),
      step_(model.size()) {
    for (const std::size_t j : model.prior.shrunk())
        probability_[j] = worth(kRows / rows_that_count(column_of(model, j)));
}

bool ColumnScaling::move(const PolyaGammaForm& form, ShrinkagePrior& prior, Vector& gamma, Vector& eta,
                         BitGen& bitgen) const {
    bool any = false;
    for (std::size_t j = 0; j < probability_.size(); ++j) {
        if (!(probability_[j] > 0.0) || !(uniform_variate(bitgen) < probability_[j])) continue;
        scale(j, form, prior, gamma, eta, bitgen);
        any = true;
    }
    return any;
}

void ColumnScaling::see(const Vector& gamma) {
    for (std::size_t j = 0; j < gamma.size(); ++j) {
        const double change = seen_ > 0.0 ? gamma[j] - last_[j] : 0.0;
        sum_[j] += gamma[j];
        square_[j] += gamma[j] * gamma[j];
        step_[j] += change * change;
    }
    last_ = gamma;
    seen_ += 1.0;
}

// Var(change) = 2 (1 − ρ) Var(γ).
double ColumnScaling::autocorrelation(std::size_t j) const {
    const double mean = sum_[j] / seen_, variance = square_[j] / seen_ - mean * mean;
    const double rho = 1.0 - 0.5 * step_[j] / (seen_ - 1.0) / variance;
    return rho < kLargest ? std::max(rho, 0.0) : kLargest;  // that too if the variance is 0
}

void ColumnScaling::learn() {
    if (seen_ < kFewest) return;
    for (const std::size_t j : model_->prior.shrunk()) {
        const double rho = autocorrelation(j), time = (1.0 + rho) / (1.0 - rho);
        probability_[j] = worth(std::max(probability_[j], kLeast) * (time - 1.0) / (kTime - 1.0));
    }
    for (Vector* part : {&sum_, &square_, &step_}) std::fill(part->begin(), part->end(), 0.0);
    seen_ = 0.0;
}

void ColumnScaling::scale(std::size_t j, const PolyaGammaForm& form, ShrinkagePrior& prior, Vector& gamma,
                          Vector& eta, BitGen& bitgen) const {
    const double value = gamma[j], square = prior.squares()[j];
    MovingRows rows(*model_, j, form, eta);
    const std::size_t intercept = rows.of_intercept() == 0.0 ? j : model_->uncommon.intercept;
    const double level = gamma[intercept], precision = 1.0 / prior.variance(intercept);
    const auto log_density = [&](double log_factor) {
        const double change = std::expm1(log_factor) * value, scaled = value + change;
        const double v = prior.variance_at(j, square * std::exp(2.0 * log_factor));
        const double of_level = rows.of_intercept() * change * (2.0 * level + rows.of_intercept() * change);
        const double sum = log_factor - 0.5 * (std::log(v) + scaled * scaled / v + precision * of_level) +
                           prior.local().log_density(0.5 * std::log(square) + log_factor) +
                           rows.log_likelihood(change);
        return std::isnan(sum) ? -HUGE_VAL : sum;
    };
    const double chosen = slice_step(0.0, kWidth, log_density, bitgen);
    const double change = std::expm1(chosen) * value;
    rows.move(change, eta);
    gamma[j] = std::exp(chosen) * value;
    if (intercept != j) gamma[intercept] += rows.of_intercept() * change;
    prior.set_square(j, square * std::exp(2.0 * chosen));
}

}  // namespace polyagamma
