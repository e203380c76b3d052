#include "vi/row_sums.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include "linalg/panels.hpp"
#include "linalg/weighted_gram.hpp"
#include "parallel/parallel_for.hpp"
#include "simd/lanes_sum.hpp"
#include "simd/loops.hpp"

namespace polyagamma {
namespace {

// As much of the design as stays in the second cache, in whole chunks of the loops.
std::size_t panels_per_block(std::size_t columns) {
    constexpr std::size_t kDoubles = 1 << 15, kMost = 64;
    const std::size_t panels = kDoubles / (kPanelRows * std::max<std::size_t>(columns, 1));
    return std::clamp(panels / kLogChunkPanels * kLogChunkPanels, kLogChunkPanels, kMost);
}

// A block of rows of the design, in panels.
class Block {
  public:
    explicit Block(std::size_t columns) : panels_(panels_per_block(columns) * kPanelRows, columns) {}

    std::size_t most_rows() const { return panels_.rows(); }
    const Panels& panels() const { return panels_; }

    // Rows [first, first + count) of the design; the last panel is filled up with its last row, since rows
    // that only fill up a panel add nothing whatever their predictors.
    void read(const Design& design, std::size_t first, std::size_t count) {
        const std::size_t stored = design.columns - (design.intercept ? 1 : 0);
        for (std::size_t t = 0; t < panels_for(count); ++t) {
            const double* rows[kPanelRows];
            for (std::size_t lane = 0; lane < kPanelRows; ++lane)
                rows[lane] = design.data + (first + std::min(t * kPanelRows + lane, count - 1)) * stored;
            double* to = panels_.panel(t);
            if (design.intercept) to = std::fill_n(to, kPanelRows, 1.0);
            for (std::size_t j = 0; j < stored; ++j, to += kPanelRows) {
                const double shift = design.centre ? design.centre[j] : 0.0;
                for (std::size_t lane = 0; lane < kPanelRows; ++lane) to[lane] = rows[lane][j] - shift;
            }
        }
    }

  private:
    Panels panels_;
};

}  // namespace

struct RowSums::Pass {
    const RowKernel& kernel;
    const double *beta, *factors, *extras;
    std::size_t part;
};

// The sums of a strip, and the memory to make them.
class RowSums::Strip {
  public:
    Strip(const LinearRows& rows, const RowKernel& kernel)
        : rows_(rows),
          p_(rows.columns()),
          q_(rows.likelihood.predictors()),
          products_(kernel.weighs() ? products_of(rows.likelihood) : 0),
          variances_(kernel.variances(rows.likelihood)),
          block_(p_),
          solved_(variances_ > 0 ? block_.most_rows() : 0, p_),
          eta_(q_ * block_.most_rows()),
          weights_(std::max(products_, std::size_t{1}) * block_.most_rows()),
          variance_(variances_ * block_.most_rows()),
          skew_(kernel.skews() ? eta_.size() : 0),
          of_extras_(rows.likelihood.extras() * kPanelRows),
          skew_of_extras_(of_extras_.size()),
          slopes_(q_ * p_ * kPanelRows),
          skew_slopes_(kernel.skews() ? slopes_.size() : 0),
          value_(kPanelRows),
          grams_(products_ * p_ * p_) {}

    void run(const Pass& pass, std::size_t first, std::size_t end) {
        for (std::size_t row = first; row < end; row += block_.most_rows()) {
            const std::size_t left = std::min(block_.most_rows(), end - row);
            const std::size_t most = std::max(block_.most_rows() / pass.part / kPanelRows, std::size_t{1});
            const std::size_t count = pass.part == 1 ? left : std::min(left, most * kPanelRows);
            block_.read(rows_.design, row, count);
            add(pass, row, count);
            rows_seen_ += count;
        }
    }

    std::size_t rows_seen() const { return rows_seen_; }

    void add_to(RowTotals& totals) const {
        totals.value += sum_lanes(value_.data());
        add_slopes(slopes_, of_extras_, totals.slope);
        if (!skew_.empty()) add_slopes(skew_slopes_, skew_of_extras_, totals.skew);
        for (std::size_t k = 0; products_ > 0 && k < q_; ++k)
            for (std::size_t l = rows_.likelihood.coupled() ? 0 : k; l <= k; ++l)
                add_products(k, l, totals.precision);
    }

  private:
    void add(const Pass& pass, std::size_t first, std::size_t count) {
        const std::size_t panels = panels_for(count), stride = block_.most_rows();
        const Panels& x = block_.panels();
        for (std::size_t k = 0; k < q_; ++k) {
            double* eta = &eta_[k * stride];
            loops().model.forward(x.panel(0), panels, p_, pass.beta + k * p_, 1, eta, stride);
            const double* offset = &rows_.offset[k * rows_.likelihood.padded() + first];
            for (std::size_t i = 0; i < panels * kPanelRows; ++i) eta[i] += offset[i];
        }
        find_variances(pass.factors, panels);
        pass.kernel.apply(rows_.likelihood, {{first, panels * kPanelRows, stride},
                                             pass.extras,
                                             variance_.data(),
                                             eta_.data(),
                                             weights_.data(),
                                             value_.data(),
                                             of_extras_.data(),
                                             skew_.data(),
                                             skew_of_extras_.data()});
        transpose(eta_, panels, slopes_);
        if (!skew_.empty()) transpose(skew_, panels, skew_slopes_);
        for (std::size_t m = 0; m < products_; ++m)
            add_weighted_gram(x, 0, panels, &weights_[m * stride], &grams_[m * p_ * p_]);
    }

    void transpose(const Vector& of_rows, std::size_t panels, Vector& lanes) {
        const std::size_t stride = block_.most_rows();
        for (std::size_t k = 0; k < q_; ++k)
            loops().model.transposed(block_.panels().panel(0), panels, p_, &of_rows[k * stride], 1, stride,
                                     &lanes[k * p_ * kPanelRows]);
    }

    void find_variances(const double* factors, std::size_t panels) {
        for (std::size_t v = 0; v < variances_; ++v) {
            std::copy_n(block_.panels().panel(0), panels * p_ * kPanelRows, solved_.panel(0));
            loops().model.solve_lower(solved_.panel(0), panels, p_, factors + v * p_ * p_,
                                      &variance_[v * block_.most_rows()]);
        }
    }

    void add_slopes(const Vector& lanes, const Vector& of_extras, Vector& slopes) const {
        for (std::size_t j = 0; j < q_ * p_; ++j) slopes[j] += sum_lanes(&lanes[j * kPanelRows]);
        for (std::size_t e = 0; e < rows_.likelihood.extras(); ++e)
            slopes[q_ * p_ + e] += sum_lanes(&of_extras[e * kPanelRows]);
    }

    // The products of predictors k and l, which are symmetric in the columns.
    void add_products(std::size_t k, std::size_t l, Vector& precision) const {
        const double* gram = &grams_[place_of_product(rows_.likelihood, k, l) * p_ * p_];
        const std::size_t size = rows_.size();
        for (std::size_t i = 0; i < p_; ++i) {
            for (std::size_t j = 0; j < p_; ++j) {
                const double value = gram[std::max(i, j) * p_ + std::min(i, j)];
                precision[(k * p_ + i) * size + l * p_ + j] += value;
                if (k != l) precision[(l * p_ + j) * size + k * p_ + i] += value;
            }
        }
    }

    const LinearRows& rows_;
    std::size_t p_, q_, products_, variances_, rows_seen_ = 0;
    Block block_;
    Panels solved_;
    Vector eta_, weights_, variance_, skew_;
    // Sums; of lanes but for the last.
    Vector of_extras_, skew_of_extras_, slopes_, skew_slopes_, value_, grams_;
};

// Log-likelihoods of a strip at many coefficients, a few of them at a time.
class RowSums::Values {
  public:
    Values(const LinearRows& rows, const double* betas, std::size_t count, Vector& sums)
        : rows_(rows),
          betas_(betas),
          count_(count),
          sums_(sums),
          block_(rows.columns()),
          eta_(rows.likelihood.predictors() * kBatchChains * block_.most_rows()),
          some_(rows.columns() * kBatchChains),
          unwanted_(rows.likelihood.extras() * kPanelRows) {}

    void run(std::size_t first, std::size_t end) {
        for (std::size_t row = first; row < end; row += block_.most_rows()) {
            const std::size_t n = std::min(block_.most_rows(), end - row);
            block_.read(rows_.design, row, n);
            for (std::size_t at = 0; at < count_; at += kBatchChains) {
                const std::size_t batch = std::min(kBatchChains, count_ - at);
                predict(at, batch, row, panels_for(n));
                for (std::size_t c = 0; c < batch; ++c) add(at + c, c, row, padded_rows(n));
            }
        }
    }

  private:
    // η of a block of rows, (predictors, kBatchChains, rows).
    void predict(std::size_t at, std::size_t batch, std::size_t first, std::size_t panels) {
        const std::size_t p = rows_.columns(), stride = block_.most_rows();
        for (std::size_t k = 0; k < rows_.likelihood.predictors(); ++k) {
            for (std::size_t j = 0; j < p; ++j)
                for (std::size_t c = 0; c < batch; ++c)
                    some_[j * batch + c] = betas_[(at + c) * rows_.size() + k * p + j];
            double* eta = &eta_[k * kBatchChains * stride];
            loops().model.forward(block_.panels().panel(0), panels, p, some_.data(), batch, eta, stride);
            const double* offset = &rows_.offset[k * rows_.likelihood.padded() + first];
            for (std::size_t c = 0; c < batch; ++c)
                for (std::size_t i = 0; i < panels * kPanelRows; ++i) eta[c * stride + i] += offset[i];
        }
    }

    void add(std::size_t which, std::size_t c, std::size_t first, std::size_t count) {
        const double* extras = betas_ + (which + 1) * rows_.size() - rows_.likelihood.extras();
        const std::size_t stride = block_.most_rows();
        double lanes[kPanelRows] = {};
        rows_.likelihood.derivative_at(extras, {first, count, kBatchChains * stride}, &eta_[c * stride],
                                       unwanted_.data(), lanes);
        sums_[which] += sum_lanes(lanes);
    }

    const LinearRows& rows_;
    const double* betas_;
    std::size_t count_;
    Vector& sums_;
    Block block_;
    Vector eta_, some_, unwanted_;
};

RowSums::RowSums(const LinearRows& rows, std::size_t threads)
    : rows_(rows),
      threads_(threads),
      partition_(RowPartition::for_matrices(rows.design.n, std::max<std::size_t>(1, rows.columns()))) {}

RowTotals RowSums::of(const RowKernel& kernel, const double* beta, const double* factors,
                      std::size_t part) const {
    const std::size_t size = rows_.size(), extras = rows_.likelihood.extras();
    const Pass pass{kernel, beta, factors, beta + (size - extras), part};
    std::vector<std::unique_ptr<Strip>> strips(partition_.count());
    parallel_for(strips.size(), threads_, [&](std::size_t s) {
        strips[s] = std::make_unique<Strip>(rows_, kernel);
        strips[s]->run(pass, partition_.first_panel(s) * kPanelRows,
                       std::min(rows_.design.n, partition_.first_panel(s + 1) * kPanelRows));
    });
    RowTotals totals{0.0, Vector(size), Vector(kernel.weighs() ? size * size : 0),
                     Vector(kernel.skews() ? size : 0)};
    std::size_t seen = 0;
    for (const std::unique_ptr<Strip>& strip : strips) {
        strip->add_to(totals);
        seen += strip->rows_seen();
    }
    if (part > 1 && seen > 0) {
        const double scale = static_cast<double>(rows_.design.n) / static_cast<double>(seen);
        totals.value *= scale;
        for (double& value : totals.slope) value *= scale;
        for (double& value : totals.precision) value *= scale;
    }
    if (kernel.whole() && extras > 0)
        totals.value +=
            rows_.likelihood.log_density_of_extras(pass.extras, totals.slope.data() + size - extras);
    return totals;
}

void RowSums::log_likelihoods(const double* betas, std::size_t count, double* values) const {
    std::vector<Vector> sums(partition_.count(), Vector(count));
    parallel_for(sums.size(), threads_, [&](std::size_t s) {
        Values strip(rows_, betas, count, sums[s]);
        strip.run(partition_.first_panel(s) * kPanelRows,
                  std::min(rows_.design.n, partition_.first_panel(s + 1) * kPanelRows));
    });
    const std::size_t extras = rows_.likelihood.extras();
    Vector unwanted(extras);
    for (std::size_t i = 0; i < count; ++i) {
        const double* of_extras = betas + (i + 1) * rows_.size() - extras;
        values[i] = extras > 0 ? rows_.likelihood.log_density_of_extras(of_extras, unwanted.data()) : 0.0;
        for (const Vector& strip : sums) values[i] += strip[i];
    }
}

}  // namespace polyagamma
