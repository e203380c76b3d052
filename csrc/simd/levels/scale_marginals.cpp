#include "simd/levels/scale_marginals.hpp"

#include <cmath>

#include "math/elementary.hpp"

namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {

void scale_marginals(const double* p, const double* v, std::size_t n, double a, double z, double* out) {
    for (std::size_t i = 0; i < n; ++i) {
        const double q = 1.0 / (1.0 + a * v[i]);
        out[i] = p[i] * std::sqrt(q) * exponential_of_moderate(-z * q);
    }
}

void scale_sds(double* v, std::size_t n, double bound, double* sd) {
    for (std::size_t i = 0; i < n; ++i) {
        v[i] = exponential(v[i]);
        sd[i] = std::sqrt(v[i] / (1.0 + v[i] * bound));
    }
}

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
