#include "terms/wide_design.hpp"

#include <algorithm>
#include <vector>

#include "simd/lanes_sum.hpp"
#include "simd/loops.hpp"
#include "terms/row_partition.hpp"

namespace polyagamma {
namespace {

// The strips are of coefficients here.
class WidePass final : public CoefficientPass {
  public:
    WidePass(const WideDesign& design, std::size_t chains);

    void run(Worker& worker, const double* const* coefficients, bool wants_value,
             Density* const* densities) override;

  private:
    struct Part {
        Vector lanes;  // (rows, chains, kPanelRows)
        Vector eta;    // (predictors, rows, chains): what the strip adds
    };
    void multiply(std::size_t strip, const double* const* coefficients);
    void differentiate(std::size_t chain, const double* coefficients, bool wants_value, Density& density);
    void transpose(std::size_t strip, Density* const* densities);

    const WideDesign& design_;
    std::size_t chains_, predictors_, rows_, columns_, stride_;
    RowPartition partition_;
    std::vector<Part> parts_;
    Vector beta_, gradient_;  // (predictors, chains, padded columns)
    Vector eta_;              // (chains, predictors, padded rows)
    Vector derivative_;       // (predictors, rows, chains)
};

WidePass::WidePass(const WideDesign& design, std::size_t chains)
    : design_(design),
      chains_(chains),
      predictors_(design.likelihood().predictors()),
      rows_(design.likelihood().rows()),
      columns_(design.columns()),
      stride_(padded_rows(columns_)),
      partition_(RowPartition::for_vectors(columns_)),
      parts_(partition_.count(), {Vector(rows_ * chains * kPanelRows), Vector(predictors_ * rows_ * chains)}),
      beta_(predictors_ * chains * stride_),
      gradient_(beta_.size()),
      eta_(chains * predictors_ * design.likelihood().padded()),
      derivative_(predictors_ * rows_ * chains) {}

void WidePass::run(Worker& worker, const double* const* coefficients, bool wants_value,
                   Density* const* densities) {
    worker.barrier();
    const Worker::Range strips = worker.share(partition_.count()), own = worker.share(chains_);
    for (std::size_t s = strips.begin; s < strips.end; ++s) multiply(s, coefficients);
    worker.barrier();
    for (std::size_t c = own.begin; c < own.end; ++c)
        differentiate(c, coefficients[c], wants_value, *densities[c]);
    worker.barrier();
    for (std::size_t s = strips.begin; s < strips.end; ++s) transpose(s, densities);
    worker.barrier();
}

void WidePass::multiply(std::size_t strip, const double* const* coefficients) {
    Part& part = parts_[strip];
    const std::size_t first = partition_.first_panel(strip), end = partition_.first_panel(strip + 1);
    const std::size_t begin = first * kPanelRows, own = std::min(columns_, end * kPanelRows) - begin;
    for (std::size_t k = 0; k < predictors_; ++k) {
        double* beta = &beta_[k * chains_ * stride_];
        for (std::size_t c = 0; c < chains_; ++c)
            std::copy_n(coefficients[c] + k * columns_ + begin, own, beta + c * stride_ + begin);
        std::fill(part.lanes.begin(), part.lanes.end(), 0.0);
        loops().model.transposed(design_.transposed().panel(first), end - first, rows_, beta + begin, chains_,
                                 stride_, part.lanes.data());
        double* eta = &part.eta[k * rows_ * chains_];
        for (std::size_t i = 0; i < rows_ * chains_; ++i) eta[i] = sum_lanes(&part.lanes[i * kPanelRows]);
    }
}

void WidePass::differentiate(std::size_t chain, const double* coefficients, bool wants_value,
                             Density& density) {
    const Likelihood& likelihood = design_.likelihood();
    const std::size_t padded = likelihood.padded(), extras = likelihood.extras();
    double* eta = &eta_[chain * predictors_ * padded];
    std::copy(design_.offset().begin(), design_.offset().end(), eta);
    for (std::size_t k = 0; k < predictors_; ++k)
        for (const Part& part : parts_)
            for (std::size_t i = 0; i < rows_; ++i)
                eta[k * padded + i] += part.eta[(k * rows_ + i) * chains_ + chain];
    double value[kPanelRows] = {};
    Vector lanes(extras * kPanelRows), slopes(extras);
    const double* own_extras = coefficients + predictors_ * columns_;
    likelihood.derivative_at(own_extras, {0, padded, padded}, eta, lanes.data(),
                             wants_value ? value : nullptr);
    for (std::size_t k = 0; k < predictors_; ++k)
        for (std::size_t i = 0; i < rows_; ++i)
            derivative_[(k * rows_ + i) * chains_ + chain] = eta[k * padded + i];
    for (std::size_t e = 0; e < extras; ++e) slopes[e] = sum_lanes(&lanes[e * kPanelRows]);
    const double of_extras = extras > 0 ? likelihood.log_density_of_extras(own_extras, slopes.data()) : 0.0;
    std::copy(slopes.begin(), slopes.end(), density.gradient.end() - static_cast<std::ptrdiff_t>(extras));
    if (wants_value) density.log_posterior = sum_lanes(value) + of_extras;
}

void WidePass::transpose(std::size_t strip, Density* const* densities) {
    const std::size_t first = partition_.first_panel(strip), end = partition_.first_panel(strip + 1);
    const std::size_t begin = first * kPanelRows, own = std::min(columns_, end * kPanelRows) - begin;
    for (std::size_t k = 0; k < predictors_; ++k) {
        double* gradient = &gradient_[k * chains_ * stride_];
        loops().model.forward(design_.transposed().panel(first), end - first, rows_,
                              &derivative_[k * rows_ * chains_], chains_, gradient + begin, stride_);
        for (std::size_t c = 0; c < chains_; ++c)
            std::copy_n(gradient + c * stride_ + begin, own, &densities[c]->gradient[k * columns_ + begin]);
    }
}

}  // namespace

WideDesign::WideDesign(const LinearModel& model)
    : likelihood_(model.likelihood),
      transposed_(model.design.columns - model.design.zeros, model.design.n),
      offset_(model.offset),
      by_column_{likelihood_.padded(), Vector(columns() * likelihood_.padded()), offset_} {
    const std::size_t n = model.design.n, all = model.design.columns, p = columns();
    Vector rows(n * all), turned(p * n);
    model.design.copy_rows(0, n, rows.data());
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < p; ++j) turned[j * n + i] = rows[i * all + j];
    transposed_.pack(0, p, turned.data());
    for (std::size_t j = 0; j < p; ++j)
        std::copy_n(&turned[j * n], n, &by_column_.matrix[j * by_column_.stride]);
}

std::unique_ptr<CoefficientPass> WideDesign::pass(std::size_t chains) const {
    return std::make_unique<WidePass>(*this, chains);
}

Vector WideDesign::curvature_at(const double* coefficients) const {
    const std::size_t padded = likelihood_.padded(), predictors = likelihood_.predictors();
    const std::size_t n = likelihood_.rows(), p = columns();
    const double* extras = coefficients + predictors * p;
    Vector eta(offset_), result(this->coefficients());
    const auto entry = [&](std::size_t j, std::size_t i) {
        return transposed_.panel(j / kPanelRows)[i * kPanelRows + j % kPanelRows];
    };
    for (std::size_t k = 0; k < predictors; ++k)
        for (std::size_t j = 0; j < p; ++j)
            for (std::size_t i = 0; i < n; ++i) eta[k * padded + i] += coefficients[k * p + j] * entry(j, i);
    Vector weight(eta);
    likelihood_.curvature_at(extras, {0, padded, padded}, weight.data());
    for (std::size_t k = 0; k < predictors; ++k)
        for (std::size_t j = 0; j < p; ++j)
            for (std::size_t i = 0; i < n; ++i)
                result[k * p + j] += weight[k * padded + i] * entry(j, i) * entry(j, i);
    likelihood_.curvature_of_extras(extras, eta.data(), result.data() + predictors * p);
    return result;
}

}  // namespace polyagamma
