#include "mcmc/pseudo_rows.hpp"

#include <memory>

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

bool augments_at_extras(const Likelihood& likelihood) {
    if (!likelihood.augments()) return false;
    return likelihood.extras() == 0 || likelihood.at_extras(Vector(likelihood.extras()).data()) != nullptr;
}

void draw_residual_rows(const Likelihood& likelihood, const double* extras, std::size_t predictor,
                        const Vector& eta, BitGen& bitgen, GaussianRows& rows) {
    std::unique_ptr<const Likelihood> known;
    if (likelihood.extras() > 0) {
        Vector told(extras, extras + likelihood.extras());
        likelihood.tell(told.data());
        known = likelihood.at_extras(told.data());
    }
    const Likelihood& own = known ? *known : likelihood;
    const std::size_t padded = own.padded();
    Vector shifted(padded);
    own.shift_of(predictor, {0, padded, padded}, eta.data(), shifted.data());
    for (std::size_t i = 0; i < padded; ++i) shifted[i] += eta[predictor * padded + i];
    const PolyaGammaForm form{own.polya_gamma_of(predictor)->b, own.polya_gamma_of(predictor)->kappa};
    draw_pseudo_rows(form, shifted, shifted, own.rows(), bitgen, rows);
}

}  // namespace polyagamma
