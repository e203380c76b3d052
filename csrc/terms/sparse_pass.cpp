#include "terms/sparse_pass.hpp"

#include <algorithm>

#include "linalg/panels.hpp"
#include "simd/lanes_sum.hpp"

namespace polyagamma {
namespace {

constexpr std::size_t kBlockRows = 32 * kPanelRows;  // whose linear predictors stay in cache
constexpr std::size_t kColumnRanges = 32;

// Cuts the columns into ranges of about as many entries.
std::vector<std::size_t> ranges_of(const SparseRows& columns) {
    std::vector<std::size_t> cuts{0};
    for (std::size_t r = 1; r < kColumnRanges; ++r) {
        const std::size_t wanted = r * columns.entries() / kColumnRanges;
        const auto found = std::lower_bound(columns.start.begin(), columns.start.end(), wanted);
        const auto column = static_cast<std::size_t>(found - columns.start.begin());
        cuts.push_back(std::clamp(column, cuts.back(), columns.rows()));
    }
    cuts.push_back(columns.rows());
    return cuts;
}

}  // namespace

SparsePass::SparsePass(const SparseDesign& design, std::size_t chains)
    : design_(design),
      chains_(chains),
      predictors_(design.predictors()),
      columns_(design.centre().size()),
      extras_(design.likelihood().extras()),
      partition_(RowPartition::for_vectors(design.likelihood().rows())),
      column_ranges_(ranges_of(design.transposed())),
      beta_(predictors_ * columns_),
      shifts_(kColumnRanges, std::vector<Lanes>(predictors_)),
      derivative_(predictors_ * design.likelihood().rows()),
      parts_(partition_.count(), {Vector(predictors_ * chains * kBlockRows), Vector(chains * kPanelRows),
                                  Vector(chains * extras_ * kPanelRows), std::vector<Lanes>(predictors_)}) {}

void SparsePass::run(Worker& worker, const double* const* coefficients, bool wants_value,
                     Density* const* densities) {
    worker.barrier();
    read_coefficients(worker, coefficients);
    worker.barrier();
    const Worker::Range strips = worker.share(partition_.count());
    for (std::size_t s = strips.begin; s < strips.end; ++s) strip(s, coefficients, wants_value);
    worker.barrier();
    transpose(worker, densities);
    finish(worker, coefficients, wants_value, densities);
    worker.barrier();
}

void SparsePass::read_coefficients(const Worker& worker, const double* const* coefficients) {
    const Worker::Range own = worker.share(kColumnRanges);
    const std::size_t before = design_.intercept() ? 1 : 0, stride = design_.columns();
    const Vector& centre = design_.centre();
    for (std::size_t r = own.begin; r < own.end; ++r) {
        for (std::size_t k = 0; k < predictors_; ++k) {
            Lanes shift;
            for (std::size_t j = column_ranges_[r]; j < column_ranges_[r + 1]; ++j) {
                Lanes& to = beta_[k * columns_ + j];
                for (std::size_t c = 0; c < chains_; ++c) to.of[c] = coefficients[c][k * stride + before + j];
                for (std::size_t c = 0; c < kLanes; ++c) shift.of[c] += centre[j] * to.of[c];
            }
            shifts_[r][k] = shift;
        }
    }
}

void SparsePass::strip(std::size_t index, const double* const* coefficients, bool wants_value) {
    Part& part = parts_[index];
    for (Vector* sums : {&part.density, &part.extras}) std::fill(sums->begin(), sums->end(), 0.0);
    std::fill(part.slope.begin(), part.slope.end(), Lanes());
    const std::size_t begin = partition_.first_panel(index) * kPanelRows;
    const std::size_t end = partition_.first_panel(index + 1) * kPanelRows;
    for (std::size_t first = begin; first < end; first += kBlockRows)
        block(first, std::min(kBlockRows, end - first), coefficients, wants_value, part);
}

void SparsePass::block(std::size_t first, std::size_t count, const double* const* coefficients,
                       bool wants_value, Part& part) {
    const SparseRows& rows = design_.rows();
    const std::size_t n = rows.rows(), own = std::min(count, n - std::min(n, first));
    const Likelihood& likelihood = design_.likelihood();
    for (std::size_t k = 0; k < predictors_; ++k) {
        Lanes constant;
        for (std::size_t c = 0; c < chains_; ++c) {
            if (design_.intercept()) constant.of[c] = coefficients[c][k * design_.columns()];
            for (const std::vector<Lanes>& shift : shifts_) constant.of[c] -= shift[k].of[c];
        }
        const Lanes* beta = &beta_[k * columns_];
        const double* offset = design_.offset(k) + first;
        double* eta = &part.eta[k * chains_ * kBlockRows];
        for (std::size_t i = 0; i < own; ++i) {
            Lanes sum = constant;
            for (std::size_t e = rows.start[first + i]; e < rows.start[first + i + 1]; ++e) {
                const double x = rows.at(e);
                const double* b = beta[rows.index[e]].of;
                for (std::size_t c = 0; c < kLanes; ++c) sum.of[c] += x * b[c];
            }
            for (std::size_t c = 0; c < chains_; ++c) eta[c * kBlockRows + i] = sum.of[c] + offset[i];
        }
        for (std::size_t c = 0; c < chains_; ++c)
            std::fill(eta + c * kBlockRows + own, eta + c * kBlockRows + count, 0.0);
    }
    for (std::size_t c = 0; c < chains_; ++c) {
        const double* extras = coefficients[c] + predictors_ * design_.columns();
        likelihood.derivative_at(extras, {first, count, chains_ * kBlockRows}, &part.eta[c * kBlockRows],
                                 part.extras.data() + c * extras_ * kPanelRows,
                                 wants_value ? &part.density[c * kPanelRows] : nullptr);
    }
    for (std::size_t k = 0; k < predictors_; ++k) {
        Lanes* to = &derivative_[k * n + first];
        const double* slope = &part.eta[k * chains_ * kBlockRows];
        for (std::size_t i = 0; i < own; ++i) {
            for (std::size_t c = 0; c < chains_; ++c) {
                to[i].of[c] = slope[c * kBlockRows + i];
                part.slope[k].of[c] += to[i].of[c];
            }
        }
    }
}

void SparsePass::transpose(const Worker& worker, Density* const* densities) const {
    const SparseRows& columns = design_.transposed();
    const Worker::Range own = worker.share(kColumnRanges);
    const std::size_t before = design_.intercept() ? 1 : 0;
    for (std::size_t k = 0; k < predictors_; ++k) {
        Lanes slope;
        for (const Part& part : parts_)
            for (std::size_t c = 0; c < kLanes; ++c) slope.of[c] += part.slope[k].of[c];
        const Lanes* derivative = &derivative_[k * design_.likelihood().rows()];
        const std::size_t first = k * design_.columns() + before;
        for (std::size_t j = column_ranges_[own.begin]; j < column_ranges_[own.end]; ++j) {
            Lanes sum;
            for (std::size_t e = columns.start[j]; e < columns.start[j + 1]; ++e) {
                const double x = columns.at(e);
                const double* g = derivative[columns.index[e]].of;
                for (std::size_t c = 0; c < kLanes; ++c) sum.of[c] += x * g[c];
            }
            for (std::size_t c = 0; c < chains_; ++c)
                densities[c]->gradient[first + j] = sum.of[c] - design_.centre()[j] * slope.of[c];
        }
        if (worker.index() != 0 || !design_.intercept()) continue;
        for (std::size_t c = 0; c < chains_; ++c) densities[c]->gradient[first - 1] = slope.of[c];
    }
}

// What is not of the predictors: the extras, and the values.
void SparsePass::finish(const Worker& worker, const double* const* coefficients, bool wants_value,
                        Density* const* densities) const {
    const std::size_t own_columns = predictors_ * design_.columns();
    const Worker::Range own = worker.share(chains_);
    for (std::size_t c = own.begin; c < own.end; ++c) {
        Vector slopes(extras_);
        double value = 0.0;
        for (const Part& part : parts_) {
            value += sum_lanes(&part.density[c * kPanelRows]);
            for (std::size_t e = 0; e < extras_; ++e)
                slopes[e] += sum_lanes(&part.extras[(c * extras_ + e) * kPanelRows]);
        }
        if (extras_ > 0) {
            value += design_.likelihood().log_density_of_extras(coefficients[c] + own_columns, slopes.data());
            std::copy(slopes.begin(), slopes.end(),
                      densities[c]->gradient.begin() + static_cast<std::ptrdiff_t>(own_columns));
        }
        if (wants_value) densities[c]->log_posterior = value;
    }
}

}  // namespace polyagamma
