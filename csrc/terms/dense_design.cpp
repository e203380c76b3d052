#include "terms/dense_design.hpp"

#include <vector>

#include "terms/gradient_pass.hpp"

namespace polyagamma {
namespace {

GaussianPrior flat_prior(std::size_t size) {
    const Vector zeros(size);
    return {zeros.data(), zeros.data(), size, true};
}

class DensePass final : public CoefficientPass {
  public:
    DensePass(const Whitening& whitening, const Likelihood& likelihood, std::size_t chains,
              std::size_t workers)
        : whitening_(whitening),
          posterior_{&likelihood, &whitening.prior()},
          pass_(std::vector<const ChainPosterior*>(chains, &posterior_), whitening.size(), workers) {}

    void run(Worker& worker, const double* const* coefficients, bool wants_value,
             Density* const* densities) override {
        using Wanted = GradientPass::Wanted;
        pass_.run(worker, whitening_, coefficients,
                  wants_value ? Wanted::gradient_and_value : Wanted::gradient, densities);
        worker.barrier();
    }

  private:
    const Whitening& whitening_;
    ChainPosterior posterior_;
    GradientPass pass_;
};

}  // namespace

DenseDesign::DenseDesign(const LinearModel& model)
    : flat_(flat_prior(model.prior.size())),
      model_{model.design, model.offset, model.likelihood, flat_, model.blas},
      whitening_(model_) {}

std::unique_ptr<CoefficientPass> DenseDesign::pass(std::size_t chains, std::size_t workers) const {
    return std::make_unique<DensePass>(whitening_, model_.likelihood, chains, workers);
}

Vector DenseDesign::curvature_at(const double* coefficients) const {
    const Likelihood& likelihood = model_.likelihood;
    const std::size_t padded = likelihood.padded(), predictors = likelihood.predictors();
    const std::size_t all = whitening_.size(), extras = likelihood.extras();
    const double* own_extras = coefficients + all - extras;
    Vector eta(predictors * padded), result(all);
    whitening_.predictors_at(coefficients, eta.data());
    Vector weight(eta);
    likelihood.curvature_at(own_extras, {0, padded, padded}, weight.data());
    const Panels& matrix = whitening_.matrix();
    const std::size_t columns = (all - extras) / predictors;
    for (std::size_t k = 0; k < predictors; ++k) {
        for (std::size_t t = 0; t < matrix.count(); ++t) {
            const double* panel = matrix.panel(t);
            const double* w = &weight[k * padded + t * kPanelRows];
            for (std::size_t j = 0; j < columns; ++j) {
                for (std::size_t i = 0; i < kPanelRows; ++i) {
                    const double x = panel[j * kPanelRows + i];
                    result[k * columns + j] += w[i] * x * x;
                }
            }
        }
    }
    likelihood.curvature_of_extras(own_extras, eta.data(), result.data() + all - extras);
    return result;
}

}  // namespace polyagamma
