#include "terms/tall_design.hpp"

#include <algorithm>
#include <vector>

#include "linalg/interleave.hpp"
#include "simd/lanes_sum.hpp"
#include "simd/loops.hpp"
#include "terms/row_partition.hpp"

namespace polyagamma {
namespace {

constexpr std::size_t kBlockPanels = 16;  // whose linear predictors stay in cache

class TallPass final : public CoefficientPass {
  public:
    TallPass(const TallDesign& design, std::size_t chains);

    void run(Worker& worker, const double* const* coefficients, bool wants_value,
             Density* const* densities) override;

  private:
    // The sums of a strip of rows, lane by lane.
    struct Part {
        Vector eta;       // (predictors, chains, rows of a block)
        Vector gradient;  // (coefficients, chains, kPanelRows)
        Vector density;   // (chains, kPanelRows)
    };
    void strip(std::size_t index, bool wants_value);
    void block(std::size_t first_panel, std::size_t panels, bool wants_value, Part& part) const;
    void finish(std::size_t chain, bool wants_value, Density& density) const;

    const TallDesign& design_;
    std::size_t chains_, predictors_, columns_;
    RowPartition partition_;
    std::vector<Part> parts_;
    Vector beta_;  // (coefficients, chains)
};

TallPass::TallPass(const TallDesign& design, std::size_t chains)
    : design_(design),
      chains_(chains),
      predictors_(design.likelihood().predictors()),
      columns_(design.matrix().columns()),
      partition_(RowPartition::for_vectors(design.matrix().rows())),
      parts_(partition_.count(),
             {Vector(predictors_ * chains * kBlockPanels * kPanelRows),
              Vector(design.coefficients() * chains * kPanelRows), Vector(chains * kPanelRows)}),
      beta_(design.coefficients() * chains) {}

void TallPass::run(Worker& worker, const double* const* coefficients, bool wants_value,
                   Density* const* densities) {
    worker.barrier();
    if (worker.index() == 0) interleave(coefficients, chains_, beta_);
    worker.barrier();
    const Worker::Range strips = worker.share(partition_.count()), own = worker.share(chains_);
    for (std::size_t s = strips.begin; s < strips.end; ++s) strip(s, wants_value);
    worker.barrier();
    for (std::size_t c = own.begin; c < own.end; ++c) finish(c, wants_value, *densities[c]);
    worker.barrier();
}

void TallPass::strip(std::size_t index, bool wants_value) {
    Part& part = parts_[index];
    for (Vector* sums : {&part.gradient, &part.density}) std::fill(sums->begin(), sums->end(), 0.0);
    const std::size_t end = partition_.first_panel(index + 1);
    for (std::size_t first = partition_.first_panel(index); first < end; first += kBlockPanels)
        block(first, std::min(kBlockPanels, end - first), wants_value, part);
}

void TallPass::block(std::size_t first_panel, std::size_t panels, bool wants_value, Part& part) const {
    const ModelLoops& simd = loops().model;
    constexpr std::size_t kRows = kBlockPanels * kPanelRows;
    const std::size_t first = first_panel * kPanelRows, n = panels * kPanelRows;
    const std::size_t padded = design_.likelihood().padded();
    const double* matrix = design_.matrix().panel(first_panel);
    for (std::size_t k = 0; k < predictors_; ++k) {
        double* eta = &part.eta[k * chains_ * kRows];
        const double* offset = &design_.offset()[k * padded + first];
        simd.forward(matrix, panels, columns_, &beta_[k * columns_ * chains_], chains_, eta, kRows);
        for (std::size_t c = 0; c < chains_; ++c)
            for (std::size_t i = 0; i < n; ++i) eta[c * kRows + i] += offset[i];
    }
    for (std::size_t c = 0; c < chains_; ++c)
        design_.likelihood().derivative_at(nullptr, {first, n, chains_ * kRows}, &part.eta[c * kRows],
                                           nullptr, wants_value ? &part.density[c * kPanelRows] : nullptr);
    for (std::size_t k = 0; k < predictors_; ++k)
        simd.transposed(matrix, panels, columns_, &part.eta[k * chains_ * kRows], chains_, kRows,
                        &part.gradient[k * columns_ * chains_ * kPanelRows]);
}

void TallPass::finish(std::size_t chain, bool wants_value, Density& density) const {
    for (std::size_t j = 0; j < density.gradient.size(); ++j) {
        density.gradient[j] = 0.0;
        for (const Part& part : parts_)
            density.gradient[j] += sum_lanes(&part.gradient[(j * chains_ + chain) * kPanelRows]);
    }
    if (!wants_value) return;
    density.log_posterior = 0.0;
    for (const Part& part : parts_) density.log_posterior += sum_lanes(&part.density[chain * kPanelRows]);
}

}  // namespace

TallDesign::TallDesign(const LinearModel& model) : likelihood_(model.likelihood), offset_(model.offset) {
    matrix_.assign(model.design, nullptr, model.blas);
}

std::unique_ptr<CoefficientPass> TallDesign::pass(std::size_t chains) const {
    return std::make_unique<TallPass>(*this, chains);
}

Vector TallDesign::curvature_at(const double* coefficients) const {
    const std::size_t padded = likelihood_.padded(), p = matrix_.columns();
    const std::size_t predictors = likelihood_.predictors();
    Vector weights(offset_), sums(this->coefficients()), products(padded);
    for (std::size_t k = 0; k < predictors; ++k) {
        loops().model.forward(matrix_.panel(0), matrix_.count(), p, coefficients + k * p, 1, products.data(),
                              padded);
        for (std::size_t i = 0; i < padded; ++i) weights[k * padded + i] += products[i];
    }
    likelihood_.curvature_at(nullptr, {0, padded, padded}, weights.data());
    for (std::size_t i = 0; i < matrix_.rows(); ++i) {
        const double* row = matrix_.panel(i / kPanelRows) + i % kPanelRows;
        for (std::size_t k = 0; k < predictors; ++k)
            for (std::size_t j = 0; j < p; ++j)
                sums[k * p + j] += weights[k * padded + i] * row[j * kPanelRows] * row[j * kPanelRows];
    }
    return sums;
}

}  // namespace polyagamma
