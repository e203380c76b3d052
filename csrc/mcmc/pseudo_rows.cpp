#include "mcmc/pseudo_rows.hpp"

#include "pg/sampler.hpp"
#include "simd/fill_arguments.hpp"

namespace polyagamma {

void draw_pseudo_rows(const PolyaGammaForm& form, const Vector& eta, const Vector& offset, std::size_t n,
                      BitGen& bitgen, GaussianRows& rows) {
    const FillKey key = FillKey::from(bitgen);
    for (std::size_t i = 0; i < n; ++i) rows.precision[i] = eta[i] + form.shift;
    fill(key, 0, {form.b, 1}, {rows.precision.data(), 1}, n, rows.precision.data());
    for (std::size_t i = 0; i < n; ++i)
        rows.linear[i] = form.kappa[i] - rows.precision[i] * (offset[i] + form.shift);
}

}  // namespace polyagamma
