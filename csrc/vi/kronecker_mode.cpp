#include "vi/kronecker_mode.hpp"

#include <utility>

#include "linalg/dense.hpp"
#include "vi/newton.hpp"

namespace polyagamma {
namespace {

// Near enough for a metric and a start: a tenth of a standard deviation of a coefficient in all.
constexpr NewtonRules kRules{50, 30, 0.01, 0.0, 0.25};

class Problem {
  public:
    Problem(const LinearModel& model, const ProductDesign& design, KroneckerMode& mode)
        : model_(model),
          prior_(model.prior.conditional()),
          predictors_(model.likelihood.predictors()),
          columns_(model.design.columns),
          mode_(mode),
          pass_(design.pass(1)),
          rows_(model.design.n * columns_),
          within_(prior_.diagonal() ? Vector(columns_ * columns_) : prior_.precision_of_one()),
          step_(prior_.size()),
          next_(prior_.size()),
          here_(prior_.size()),
          there_(prior_.size()) {
        model.design.copy_rows(0, model.design.n, rows_.data());
        for (std::size_t j = 0; prior_.diagonal() && j < columns_; ++j)
            within_[j * columns_ + j] = prior_.precision_of_one()[j];
        evaluate(mode.coefficients, here_);
    }

    double value() const { return here_.log_posterior; }

    Status find_step(double& decrement) {
        if (const Status status = find_basis(); !status.ok()) return status;
        Vector z(step_.size()), work(step_.size());
        mode_.basis.apply_transposed(model_.blas, here_.gradient.data(), z.data(), work.data());
        decrement = 0.0;
        for (std::size_t j = 0; j < z.size(); ++j) {
            const double variance = mode_.basis.variance(j);
            decrement += variance * z[j] * z[j];
            z[j] *= variance;
        }
        mode_.basis.apply(model_.blas, z.data(), step_.data(), work.data());
        return {};
    }

    double try_step(double scale) {
        for (std::size_t j = 0; j < next_.size(); ++j) next_[j] = mode_.coefficients[j] + scale * step_[j];
        evaluate(next_, there_);
        return there_.log_posterior;
    }

    void accept() {
        std::swap(mode_.coefficients, next_);
        std::swap(here_, there_);
    }

  private:
    void evaluate(const Vector& beta, Density& density) {
        Worker alone;
        const double* point = beta.data();
        Density* result = &density;
        pass_->run(alone, &point, true, &result);
        Vector deviation(beta), scaled(beta.size());
        for (std::size_t j = 0; j < beta.size(); ++j) deviation[j] -= prior_.mean()[j];
        prior_.apply_precision(model_.blas, deviation.data(), scaled.data());
        density.log_posterior -= 0.5 * dot(deviation.data(), scaled.data(), beta.size());
        for (std::size_t j = 0; j < beta.size(); ++j) density.gradient[j] -= scaled[j];
    }

    Status find_basis() {
        Vector between, within;
        find_curvature(between, within);
        KroneckerBasis& basis = mode_.basis;
        const Status status =
            solve_pencil(model_.blas, prior_.between(), between, predictors_, basis.between);
        return status.ok() ? solve_pencil(model_.blas, within_, within, columns_, basis.within) : status;
    }

    // E and G.
    void find_curvature(Vector& between, Vector& within) const {
        const Likelihood& likelihood = model_.likelihood;
        const std::size_t n = model_.design.n, padded = likelihood.padded();
        Vector diagonal(predictors_at_mode());
        likelihood.curvature_at(nullptr, {0, padded, padded}, diagonal.data());
        Vector coupling(likelihood.coupled() ? diagonal : Vector(diagonal.size()));
        if (likelihood.coupled()) likelihood.coupling({0, padded, padded}, coupling.data());
        Vector traces(n);
        double total = 0.0;
        for (std::size_t k = 0; k < predictors_; ++k) {
            for (std::size_t i = 0; i < n; ++i) {
                const double v = coupling[k * padded + i], own = diagonal[k * padded + i] - v * v;
                traces[i] += own;
                total += own;
            }
        }
        between.assign(predictors_ * predictors_, 0.0);
        for (std::size_t k = 0; k < predictors_; ++k) {
            for (std::size_t l = 0; l <= k; ++l) {
                double sum = -dot(&coupling[k * padded], &coupling[l * padded], n);
                for (std::size_t i = 0; k == l && i < n; ++i) sum += diagonal[k * padded + i];
                between[k * predictors_ + l] = between[l * predictors_ + k] = sum / total;
            }
        }
        Vector weighted(rows_);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < columns_; ++j) weighted[i * columns_ + j] *= traces[i];
        within.resize(columns_ * columns_);
        multiply_transposed(model_.blas, rows_.data(), weighted.data(), columns_, n, columns_, within.data());
    }

    Vector predictors_at_mode() const {
        const std::size_t padded = model_.likelihood.padded();
        Vector eta(model_.offset), products(model_.design.n);
        for (std::size_t k = 0; k < predictors_; ++k) {
            multiply_vector(model_.blas, rows_.data(), &mode_.coefficients[k * columns_], products.size(),
                            columns_, products.data());
            for (std::size_t i = 0; i < products.size(); ++i) eta[k * padded + i] += products[i];
        }
        return eta;
    }

    const LinearModel& model_;
    const GaussianPrior& prior_;
    std::size_t predictors_, columns_;
    KroneckerMode& mode_;
    const std::unique_ptr<CoefficientPass> pass_;
    Vector rows_;    // (n, columns)
    Vector within_;  // Λ₁, whole
    Vector step_, next_;
    Density here_, there_;
};

}  // namespace

Status find_kronecker_mode(const LinearModel& model, const ProductDesign& design, KroneckerMode& mode) {
    mode.coefficients = model.prior.conditional().mean();
    Problem problem(model, design, mode);
    std::size_t iterations = 0;
    if (const Status status = climb(problem, kRules, iterations); !status.ok()) return status;
    double decrement = 0.0;
    return problem.find_step(decrement);
}

}  // namespace polyagamma
