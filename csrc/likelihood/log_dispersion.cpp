#include "likelihood/log_dispersion.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "math/elementary.hpp"
#include "random/slice.hpp"

namespace polyagamma {

LogDispersion::LogDispersion(std::shared_ptr<const CountTable> table, Prior prior)
    : table_(std::move(table)), prior_(prior) {}

// Where r or 1/r comes near the ends of double precision the density is taken for zero.
double LogDispersion::log_density(double z, double* of_z) const {
    constexpr double kLargest = 700.0;
    const NaturalSpline::Value rho = warp_.at(z);
    if (!(std::fabs(rho.value) < kLargest)) return -kInfinity;
    const CountTable::Value table = table_->at(rho.value);
    const double of_prior = prior_.rate * exponential(rho.value),
                 of_inverse = prior_.scale * exponential(-rho.value);
    *of_z += table.slope + prior_.shape - of_prior + of_inverse;
    *of_z = *of_z * rho.slope + rho.bend / rho.slope;
    return table.value + prior_.shape * rho.value - of_prior - of_inverse + std::log(rho.slope);
}

// By central differences, for nothing exact hangs on it. Where the log density is not concave in z, its size,
// and at least one in a hundred.
double LogDispersion::curvature(double z, const RowSums& slopes) const {
    constexpr double kStep = 1e-3, kLeast = 0.01;
    auto [below, above] = slopes(at(z - kStep), at(z + kStep));
    log_density(z - kStep, &below);
    log_density(z + kStep, &above);
    const double bend = (below - above) / (2.0 * kStep);
    return std::isfinite(bend) ? std::max(std::fabs(bend), kLeast) : kLeast;
}

double LogDispersion::update(double z, const RowSum& log_likelihood, BitGen& bitgen) const {
    constexpr double kWidth = 1.0;  // shorter steps are found by shrinking, in a few evaluations
    const auto whole = [&](double where) {
        double unwanted = 0.0;
        return log_likelihood(at(where)) + log_density(where, &unwanted);
    };
    return slice_step(z, kWidth, whole, bitgen);
}

}  // namespace polyagamma
