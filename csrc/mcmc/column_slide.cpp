#include "mcmc/column_slide.hpp"

#include <cmath>
#include <cstddef>

#include "random/slice.hpp"

namespace polyagamma {

void slide_columns(const CentredRows& rows, const Likelihood& likelihood, const double* extras,
                   const SpikeSlabPrior& prior, Vector& gamma, Vector& eta, BitGen& bitgen) {
    Vector moved(eta.size());
    for (std::size_t j = 0; j < gamma.size(); ++j) {
        if (!prior.in(j)) continue;
        const Vector x = column_of(rows, j);
        const auto move_to = [&](double value) {
            for (std::size_t i = 0; i < eta.size(); ++i) moved[i] = eta[i] + (value - gamma[j]) * x[i];
        };
        const auto log_density = [&](double value) {
            const double z = value / prior.deviation(j);
            move_to(value);
            const double sum = log_likelihood_at(likelihood, extras, moved) - 0.5 * z * z;
            return std::isnan(sum) ? -HUGE_VAL : sum;
        };
        const double value = slice_step(gamma[j], prior.deviation(j), log_density, bitgen);
        move_to(value);
        eta.swap(moved);
        gamma[j] = value;
    }
}

}  // namespace polyagamma
