#include "vi/inducing_rows.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include "linalg/panels.hpp"
#include "linalg/weighted_gram.hpp"
#include "parallel/parallel_for.hpp"
#include "simd/lanes_sum.hpp"
#include "simd/loops.hpp"
#include "terms/row_partition.hpp"

namespace polyagamma {
namespace {

constexpr std::size_t kBlockPanels = 8;  // of 200 columns: in the second cache, next to a triangle

}  // namespace

// Rows of one thread: a block at a time is made features of, and the sums of these.
class InducingRows::Strip {
  public:
    Strip(const InducingRows& owner, const CrossCovariances& rows, WhitenedLaw law)
        : owner_(owner),
          rows_(rows),
          law_(law),
          features_(kBlockPanels * kPanelRows, owner.points_),
          solved_(kBlockPanels * kPanelRows, owner.points_),
          mean_(features_.rows()),
          explained_(features_.rows()),
          variance_(features_.rows()),
          left_(features_.rows()) {}

    void prepare_sums() {
        const std::size_t m = owner_.points_;
        weights_.assign(features_.rows(), 0.0);
        slopes_.assign(m * kPanelRows, 0.0);
        gram_.assign(m * m, 0.0);
        value_.assign(kPanelRows, 0.0);
    }

    void add(const RowKernel& kernel, const Likelihood& likelihood, const double* offset, bool independent,
             std::size_t first, std::size_t end) {
        for (std::size_t t = first; t < end; t += kBlockPanels) {
            const std::size_t panels = std::min(kBlockPanels, end - t), count = panels * kPanelRows;
            evaluate(t, panels, independent);
            for (std::size_t i = 0; i < count; ++i) mean_[i] += offset[t * kPanelRows + i];
            kernel.apply(likelihood, {{t * kPanelRows, count, features_.rows()},
                                      nullptr,
                                      variance_.data(),
                                      mean_.data(),
                                      weights_.data(),
                                      value_.data(),
                                      nullptr,
                                      nullptr,
                                      nullptr});
            loops().model.transposed(features_.panel(0), panels, owner_.points_, mean_.data(), 1,
                                     features_.rows(), slopes_.data());
            add_weighted_gram(features_, 0, panels, weights_.data(), gram_.data());
        }
    }

    void add_to(RowTotals& totals) const {
        const std::size_t m = owner_.points_;
        totals.value += sum_lanes(value_.data());
        for (std::size_t j = 0; j < m; ++j) totals.slope[j] += sum_lanes(&slopes_[j * kPanelRows]);
        for (std::size_t i = 0; i < m * m; ++i) totals.precision[i] += gram_[i];
    }

    void tell(std::size_t first, std::size_t end, double* mean, double* variance) {
        for (std::size_t t = first; t < end; t += kBlockPanels) {
            evaluate(t, std::min(kBlockPanels, end - t), true);
            const std::size_t row = t * kPanelRows, last = std::min(rows_.rows(), end * kPanelRows);
            const std::size_t count = std::min(features_.rows(), last - row);
            std::copy_n(mean_.data(), count, mean + row);
            std::copy_n(variance_.data(), count, variance + row);
        }
    }

  private:
    // Features of panels of rows from `first` on, and the moments of their f, offsets left out.
    void evaluate(std::size_t first, std::size_t panels, bool independent) {
        const std::size_t m = owner_.points_, count = panels * kPanelRows;
        rows_.fill(first, panels, features_.panel(0), left_.data());
        loops().model.solve_lower(features_.panel(0), panels, m, owner_.lower_.data(), explained_.data());
        std::copy_n(features_.panel(0), m * count, solved_.panel(0));
        loops().model.forward(features_.panel(0), panels, m, law_.mean, 1, mean_.data(), features_.rows());
        loops().model.solve_lower(solved_.panel(0), panels, m, law_.factor, variance_.data());
        for (std::size_t i = 0; independent && i < count; ++i)
            variance_[i] += std::max(left_[i] * (1.0 + owner_.jitter_) - explained_[i], 0.0);
    }

    const InducingRows& owner_;
    const CrossCovariances& rows_;
    WhitenedLaw law_;
    Panels features_, solved_;
    Vector mean_, explained_, variance_, left_, weights_;
    Vector slopes_, gram_, value_;  // sums; of lanes but for the second
};

RowTotals InducingRows::sums(const RowKernel& kernel, const CrossCovariances& rows,
                             const Likelihood& likelihood, const double* offset, WhitenedLaw law,
                             bool independent) const {
    const RowPartition partition = RowPartition::for_batches(rows.rows());
    std::vector<std::unique_ptr<Strip>> strips(partition.count());
    parallel_for(strips.size(), threads_, [&](std::size_t s) {
        strips[s] = std::make_unique<Strip>(*this, rows, law);
        strips[s]->prepare_sums();
        strips[s]->add(kernel, likelihood, offset, independent, partition.first_panel(s),
                       partition.first_panel(s + 1));
    });
    RowTotals totals{0.0, Vector(points_), Vector(points_ * points_), {}};
    for (const std::unique_ptr<Strip>& strip : strips) strip->add_to(totals);
    for (std::size_t i = 0; i < points_; ++i)
        for (std::size_t j = 0; j < i; ++j)
            totals.precision[j * points_ + i] = totals.precision[i * points_ + j];
    return totals;
}

void InducingRows::moments(const CrossCovariances& rows, WhitenedLaw law, double* mean,
                           double* variance) const {
    const RowPartition partition = RowPartition::for_batches(rows.rows());
    parallel_for(partition.count(), threads_, [&](std::size_t s) {
        Strip(*this, rows, law).tell(partition.first_panel(s), partition.first_panel(s + 1), mean, variance);
    });
}

}  // namespace polyagamma
