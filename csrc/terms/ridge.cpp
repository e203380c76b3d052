#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "likelihood/registry.hpp"
#include "linalg/dense.hpp"
#include "random/normals.hpp"
#include "terms/prior.hpp"

namespace polyagamma {
namespace {

// Coefficients β_j ~ N(m_j, τ² v_j) that share a scale τ with a half-Cauchy prior, p(τ) ∝ 1 / (1 + τ²/A²);
// others, such as the intercept, keep N(m_j, v_j). As a mixture: τ² | a ~ IG(½, 1/a), a ~ IG(½, 1/A²) (Wand,
// Ormerod, Padoan and Frühwirth 2011, Bayesian Analysis 6, 847, result 5).
class Ridge final : public Prior {
  public:
    // mean and precision (1 / v): (p,); shrunk: which coefficients share the scale; A: `scale`.
    Ridge(const double* mean, const double* precision, std::vector<bool> shrunk, double scale);

    const GaussianPrior& conditional() const override { return conditional_; }
    std::unique_ptr<Prior> for_chain() const override { return std::make_unique<Ridge>(*this); }
    // τ and a.
    Vector scales() const override { return {tau_, auxiliary_}; }
    void set_scales(const double* scales) override;
    void update_scales(const double* beta, BitGen& bitgen) override;
    // Of log τ and a.
    double log_density_of_scales() const override;

  private:
    Vector mean_, precision_;  // precision at τ = 1
    std::vector<bool> shrunk_;
    double count_, scale_;
    double tau_ = 1.0, auxiliary_ = 1.0;
    GaussianPrior conditional_;
};

// From the inverse gamma distribution IG(degrees / 2, rate): a χ² variable is a sum of squares.
double inverse_gamma(std::size_t degrees, double rate, BitGen& bitgen) {
    Vector normals(degrees);
    fill_normals(bitgen, normals.data(), degrees);
    return 2.0 * rate / dot(normals.data(), normals.data(), degrees);
}

Ridge::Ridge(const double* mean, const double* precision, std::vector<bool> shrunk, double scale)
    : mean_(mean, mean + shrunk.size()),
      precision_(precision, precision + shrunk.size()),
      shrunk_(std::move(shrunk)),
      count_(static_cast<double>(std::count(shrunk_.begin(), shrunk_.end(), true))),
      scale_(scale),
      conditional_(mean, precision, shrunk_.size(), true) {
    const double start[] = {scale, scale * scale};
    set_scales(start);
}

void Ridge::set_scales(const double* scales) {
    tau_ = scales[0];
    auxiliary_ = scales[1];
    Vector precision(precision_);
    for (std::size_t j = 0; j < precision.size(); ++j)
        if (shrunk_[j]) precision[j] /= tau_ * tau_;
    conditional_ = GaussianPrior(mean_.data(), precision.data(), precision.size(), true);
}

// τ² | β, a ~ IG((count + 1)/2, 1/a + ½ Σ (β − m)²/v), then a | τ ~ IG(1, 1/A² + 1/τ²).
void Ridge::update_scales(const double* beta, BitGen& bitgen) {
    double squares = 0.0;
    for (std::size_t j = 0; j < mean_.size(); ++j)
        if (shrunk_[j]) squares += precision_[j] * (beta[j] - mean_[j]) * (beta[j] - mean_[j]);
    const double tau_square =
        inverse_gamma(static_cast<std::size_t>(count_) + 1, 1.0 / auxiliary_ + 0.5 * squares, bitgen);
    const double auxiliary = inverse_gamma(2, 1.0 / (scale_ * scale_) + 1.0 / tau_square, bitgen);
    const double scales[] = {std::sqrt(tau_square), auxiliary};
    set_scales(scales);
}

// But for constants: −count log τ is the conditional prior's; with τ² ~ IG(½, 1/a) log τ has the density τ⁻¹
// e^{−1/(aτ²)} a^{−½}.
double Ridge::log_density_of_scales() const {
    const double of_tau = -std::log(tau_) - 1.0 / (auxiliary_ * tau_ * tau_) - 0.5 * std::log(auxiliary_);
    const double of_auxiliary = -1.5 * std::log(auxiliary_) - 1.0 / (scale_ * scale_ * auxiliary_);
    return of_tau + of_auxiliary - count_ * std::log(tau_);
}

const Registry<Prior>::Entry kEntry("ridge", {"mean", "precision", "shrunk", "scale"},
                                    [](std::size_t size,
                                       const std::vector<Vector>& arrays) -> std::unique_ptr<Prior> {
                                        for (const Vector* each : {&arrays[0], &arrays[1], &arrays[2]})
                                            if (each->size() != size || arrays[3].size() != 1) return nullptr;
                                        std::vector<bool> shrunk;
                                        for (const double value : arrays[2]) shrunk.push_back(value != 0.0);
                                        return std::make_unique<Ridge>(arrays[0].data(), arrays[1].data(),
                                                                       std::move(shrunk), arrays[3][0]);
                                    });

}  // namespace
}  // namespace polyagamma
