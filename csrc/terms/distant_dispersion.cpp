#include "terms/distant_dispersion.hpp"

#include <utility>

#include "simd/lanes_sum.hpp"
#include "simd/model_loops.hpp"

namespace polyagamma {

void DistantNegativeBinomial::curvature_of_extras(const double* z, const double* u, double* curvature) const {
    const Vector at(u, u + k_);
    *curvature = dispersion_.curvature(*z, [&](double below, double above) {
        Vector lanes(4 * kPanelRows);
        rows_.add_extra_sums(at, {below, above}, lanes);
        return std::pair(sum_lanes(&lanes[0]), sum_lanes(&lanes[2 * kPanelRows]));
    });
}

void DistantNegativeBinomial::update_extras(const double* u, double* z, BitGen& bitgen) {
    const Vector at(u, u + k_);
    const auto log_likelihood = [&](double rho) {
        Vector lanes(2 * kPanelRows);
        rows_.add_extra_sums(at, {rho}, lanes);
        return sum_lanes(&lanes[kPanelRows]);
    };
    *z = dispersion_.update(*z, log_likelihood, bitgen);
}

}  // namespace polyagamma
