#include "vi/inducing_rows.hpp"

#include <algorithm>
#include <vector>

#include "linalg/weighted_gram.hpp"
#include "parallel/parallel_for.hpp"
#include "simd/lanes_sum.hpp"
#include "simd/loops.hpp"

namespace polyagamma {
namespace {

constexpr std::size_t kBlockPanels = 8;  // of 200 columns: in the second cache, next to a triangle

// work(first, count) for the panels of a strip, a block of them at a time.
template <class Work>
void for_blocks(const RowPartition& partition, std::size_t strip, Work work) {
    const std::size_t end = partition.first_panel(strip + 1);
    for (std::size_t t = partition.first_panel(strip); t < end; t += kBlockPanels)
        work(t, std::min(kBlockPanels, end - t));
}

Vector padded(const double* values, std::size_t rows) {
    Vector all(padded_rows(rows));
    std::copy_n(values, rows, all.begin());
    return all;
}

// Of the rows of a strip: sums of lanes, and the lower triangle.
struct StripSums {
    Vector slope, precision;
};

FeatureSums added(const std::vector<StripSums>& strips, std::size_t m) {
    FeatureSums total{Vector(m), strips[0].precision};
    for (std::size_t s = 1; s < strips.size(); ++s)
        for (std::size_t i = 0; i < m * m; ++i) total.precision[i] += strips[s].precision[i];
    for (const StripSums& strip : strips)
        for (std::size_t j = 0; j < m; ++j) total.slope[j] += sum_lanes(&strip.slope[j * kPanelRows]);
    for (std::size_t i = 0; i < m; ++i)
        for (std::size_t j = 0; j < i; ++j) total.precision[j * m + i] = total.precision[i * m + j];
    return total;
}

}  // namespace

InducingRows::InducingRows(const CrossCovariances& rows, const double* lower, double jitter,
                           std::size_t threads)
    : rows_(rows.rows()),
      threads_(threads),
      partition_(RowPartition::for_batches(rows_)),
      features_(rows_, rows.points()),
      left_(padded_rows(rows_)) {
    parallel_for(partition_.count(), threads_, [&](std::size_t strip) {
        double explained[kBlockPanels * kPanelRows];
        for_blocks(partition_, strip, [&](std::size_t first, std::size_t count) {
            double* left = &left_[first * kPanelRows];
            rows.fill(first, count, features_.panel(first), left);
            loops().model.solve_lower(features_.panel(first), count, points(), lower, explained);
            for (std::size_t i = 0; i < count * kPanelRows; ++i)
                left[i] = std::max(left[i] * (1.0 + jitter) - explained[i], 0.0);
        });
    });
}

void InducingRows::moments(WhitenedLaw law, bool independent, double* mean, double* variance) const {
    Vector means(left_.size()), variances(left_.size());
    parallel_for(partition_.count(), threads_, [&](std::size_t strip) {
        Panels solved(kBlockPanels * kPanelRows, points());
        for_blocks(partition_, strip, [&](std::size_t first, std::size_t count) {
            const std::size_t row = first * kPanelRows, rows = count * kPanelRows;
            loops().model.forward(features_.panel(first), count, points(), law.mean, 1, &means[row], rows);
            std::copy_n(features_.panel(first), points() * rows, solved.panel(0));
            loops().model.solve_lower(solved.panel(0), count, points(), law.factor, &variances[row]);
            for (std::size_t i = row; independent && i < row + rows; ++i) variances[i] += left_[i];
        });
    });
    std::copy_n(means.begin(), rows_, mean);
    std::copy_n(variances.begin(), rows_, variance);
}

FeatureSums InducingRows::sums(const double* slopes, const double* weights) const {
    const std::size_t m = points();
    const Vector of_slopes = padded(slopes, rows_), of_weights = padded(weights, rows_);
    std::vector<StripSums> strips(partition_.count());
    parallel_for(strips.size(), threads_, [&](std::size_t s) {
        const std::size_t first = partition_.first_panel(s), count = partition_.first_panel(s + 1) - first;
        strips[s] = {Vector(m * kPanelRows), Vector(m * m)};
        loops().model.transposed(features_.panel(first), count, m, &of_slopes[first * kPanelRows], 1,
                                 count * kPanelRows, strips[s].slope.data());
        add_weighted_gram(features_, first, count, &of_weights[first * kPanelRows],
                          strips[s].precision.data());
    });
    return added(strips, m);
}

}  // namespace polyagamma
