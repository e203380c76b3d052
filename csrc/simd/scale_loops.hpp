#pragma once

#include <cstddef>

namespace polyagamma {

struct ScaleLoops {
    // out[i] = p[i] √q e^{−zq} with q = 1/(1 + a v[i]), for z >= 0: what pseudo-data of precision a say of
    // the variance v of a coefficient that is integrated out, times p. Exponentials are 3e-308 where they
    // would be smaller.
    void (*marginals)(const double* p, const double* v, std::size_t n, double a, double z, double* out);
    // log v into v, and sd[i] = √(v[i]/(1 + v[i]/c²)), `bound` = 1/c².
    void (*sds)(double* v, std::size_t n, double bound, double* sd);
};

}  // namespace polyagamma
