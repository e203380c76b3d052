#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "likelihood/class_counts.hpp"
#include "likelihood/likelihood.hpp"
#include "likelihood/registry.hpp"
#include "simd/loops.hpp"

namespace polyagamma {
namespace {

// Of rows that none comes to: PG(b, z) needs a positive b, and differences of weighted counts round.
constexpr double kLeast = 1e-300;

// Continuation ratios of ordered classes: of the n − y_1 − … − y_{k−1} that have come as far as class k, y_k
// stop there, with log odds η_k (Tutz 1991, Comput. Stat. Data Anal. 11, 275). Binomial rows of every class
// but the last, independent of each other.
class Sequential final : public Likelihood {
  public:
    explicit Sequential(ClassCounts counts);

    std::size_t predictors() const override { return counts_.predictors; }
    void derivative(RowBlock rows, double* eta) const override;
    void derivative_and_log_density(RowBlock rows, double* eta, double* log_density) const override;
    void curvature(RowBlock rows, double* eta) const override;
    const PolyaGammaForm* polya_gamma_of(std::size_t predictor) const override { return &forms_[predictor]; }
    std::unique_ptr<Likelihood> merged(const std::vector<std::size_t>& place, std::size_t m) const override {
        return std::make_unique<Sequential>(counts_.merged(place, m));
    }

  private:
    ClassCounts counts_;
    Vector b_, kappa_;  // (predictors, padded)
    std::vector<PolyaGammaForm> forms_;
};

Sequential::Sequential(ClassCounts counts)
    : Likelihood(counts.rows), counts_(std::move(counts)), b_(predictors() * padded()), kappa_(b_.size()) {
    Vector left = counts_.trials;
    for (std::size_t k = 0; k < predictors(); ++k) {
        double *b = &b_[k * padded()], *kappa = &kappa_[k * padded()];
        for (std::size_t i = 0; i < rows(); ++i) {
            const double y = counts_.of(k)[i];
            b[i] = std::max(left[i], kLeast);
            kappa[i] = y - 0.5 * b[i];
            left[i] -= y;
        }
        forms_.push_back({b, kappa});
    }
}

void Sequential::derivative(RowBlock rows, double* eta) const {
    for (std::size_t k = 0; k < predictors(); ++k)
        loops().model.residual(forms_[k].kappa + rows.first, forms_[k].b + rows.first, rows.count,
                               eta + k * rows.stride);
}

void Sequential::derivative_and_log_density(RowBlock rows, double* eta, double* log_density) const {
    for (std::size_t k = 0; k < predictors(); ++k)
        loops().model.residual_and_log_likelihood(forms_[k].kappa + rows.first, forms_[k].b + rows.first,
                                                  rows.count, eta + k * rows.stride, log_density);
}

void Sequential::curvature(RowBlock rows, double* eta) const {
    for (std::size_t k = 0; k < predictors(); ++k)
        loops().model.curvature(forms_[k].b + rows.first, rows.count, eta + k * rows.stride);
}

const Registry<Likelihood>::Entry kEntry("sequential", {"trials"},
                                         [](std::size_t rows, const std::vector<Vector>& arrays)
                                             -> std::unique_ptr<Likelihood> {
                                             const std::size_t size = arrays[1].size();
                                             if (rows == 0 || size < 2 * rows || size % rows != 0)
                                                 return nullptr;  // two classes: binomial rows
                                             return std::make_unique<Sequential>(ClassCounts(
                                                 arrays[1].data(), arrays[0].data(), rows, size / rows));
                                         },
                                         {"counts"});

}  // namespace
}  // namespace polyagamma
