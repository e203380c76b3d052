#include "mcmc/row_share.hpp"

#include <algorithm>

#include "terms/augmented_pass.hpp"
#include "terms/gradient_pass.hpp"
#include "vi/curvature.hpp"

namespace polyagamma {
namespace {

std::vector<const double*> rows_of(const double* u, std::size_t rows, std::size_t k) {
    std::vector<const double*> all;
    for (std::size_t i = 0; i < rows; ++i) all.push_back(u + i * k);
    return all;
}

}  // namespace

RowUnits::RowUnits(std::size_t rows, std::size_t k, std::size_t predictors)
    : n_(rows),
      predictors_(predictors),
      vectors_(RowPartition::for_vectors(rows)),
      matrices_(RowPartition::for_matrices(rows, k)),
      curvature_(RowPartition::for_curvature(rows, k)),
      count_(std::min(vectors_.count(), matrices_.count())) {}

RowUnits::Range RowUnits::rows(std::size_t begin, std::size_t end) const {
    const auto first_row = [&](const RowPartition& strips, std::size_t unit) {
        return strips.first_panel(unit * strips.count() / count_) * kPanelRows;
    };
    const std::size_t first = std::min(first_row(vectors_, begin), first_row(matrices_, begin));
    const std::size_t last = std::max(first_row(vectors_, end), first_row(matrices_, end));
    return {first / kBlock * kBlock, std::min(n_, (last + kBlock - 1) / kBlock * kBlock)};
}

RowPartition RowUnits::part(const RowPartition& all, std::size_t begin, std::size_t end,
                            std::size_t first) const {
    const std::size_t in_unit = all.count() / count_;  // both are powers of two
    return all.part(begin * in_unit, end * in_unit, first / kPanelRows);
}

RowPartition RowUnits::vectors(std::size_t begin, std::size_t end, std::size_t first) const {
    return part(vectors_, begin, end, first);
}

RowPartition RowUnits::matrices(std::size_t begin, std::size_t end, std::size_t first) const {
    return part(matrices_, begin, end, first);
}

RowPartition RowUnits::curvature(std::size_t begin, std::size_t end, std::size_t first) const {
    return chained() ? joined(begin, end, first) : part(curvature_, begin, end, first);
}

RowPartition RowUnits::joined(std::size_t begin, std::size_t end, std::size_t first) const {
    const std::size_t in_unit = matrices_.count() / count_;
    return matrices_.joined(begin * in_unit, end * in_unit, first / kPanelRows);
}

RowShare::RowShare(const LinearModel& model, const RowUnits& units, std::size_t begin, std::size_t end)
    : model_(model),
      whitening_(model),
      posterior_{&model.likelihood, &whitening_.prior()},
      vectors_(units.vectors(begin, end, units.rows(begin, end).begin)),
      matrices_(units.matrices(begin, end, units.rows(begin, end).begin)),
      curvature_(units.curvature(begin, end, units.rows(begin, end).begin)),
      joined_(units.joined(begin, end, units.rows(begin, end).begin)),
      first_block_(units.rows(begin, end).begin / kBlock) {}

Vector RowShare::gradients(const double* u, std::size_t chains, const Vector& extras, bool values) const {
    GradientPass pass(std::vector<const ChainPosterior*>(chains, &posterior_), size(), 1, vectors_);
    const auto wanted = values ? GradientPass::Wanted::gradient_and_value : GradientPass::Wanted::gradient;
    return pass.sums(whitening_, rows_of(u, chains, size()).data(), extras, wanted);
}

RowShare::Known::Known(const Likelihood& own, const Vector& extras, std::size_t points) : all(points, &own) {
    const std::size_t count = extras.size() / points;
    for (std::size_t i = 0; count > 0 && i < points; ++i) {
        copies.push_back(own.at_extras(&extras[i * count]));
        all[i] = copies.back().get();
    }
}

Vector RowShare::augmented(const double* u, std::size_t chains, const Vector& extras, std::size_t predictor,
                           const std::vector<FillKey>& keys, bool values) const {
    const Known known(model_.likelihood, extras, chains);
    std::vector<ChainPosterior> posteriors;
    for (std::size_t c = 0; c < chains; ++c) posteriors.push_back({known.at(c), posterior_.prior});
    std::vector<const ChainPosterior*> all;
    for (const ChainPosterior& one : posteriors) all.push_back(&one);
    AugmentedPass pass(all, size(), 1, matrices_, first_block_);
    return pass.sums(whitening_, rows_of(u, chains, size()).data(), keys, {!keys.empty(), values, predictor});
}

Vector RowShare::curvatures(const double* u, std::size_t points, const Vector& extras,
                            const double* before) const {
    const Known known(model_.likelihood, extras, points);
    std::vector<CurvaturePoint> all;
    for (std::size_t i = 0; i < points; ++i) all.push_back({known.at(i), u + i * size()});
    return strip_curvatures(whitening_, all, curvature_, before);
}

std::size_t RowShare::curvature_size(std::size_t points) const {
    return polyagamma::curvature_size(model_.likelihood, size(), points);
}

Vector RowShare::extra_sums(const double* u, const Vector& extras, const Vector& before) const {
    const Likelihood& likelihood = model_.likelihood;
    const std::size_t first = joined_.first_panel(0) * kPanelRows;
    const std::size_t rows = joined_.first_panel(1) * kPanelRows - first;
    Vector eta(whitening_.predictor().size()), sums(before);
    whitening_.predictors_at(u, eta.data());
    for (std::size_t i = 0; i < extras.size(); ++i) {
        Vector own(eta.begin() + static_cast<std::ptrdiff_t>(first),
                   eta.begin() + static_cast<std::ptrdiff_t>(first + rows));
        double* lanes = &sums[2 * i * kPanelRows];
        likelihood.derivative_at(&extras[i], {first, rows, rows}, own.data(), lanes, lanes + kPanelRows);
    }
    return sums;
}

}  // namespace polyagamma
