#include "terms/gradient_pass.hpp"

#include <algorithm>
#include <utility>

#include "linalg/interleave.hpp"
#include "simd/loops.hpp"
#include "terms/pass_sums.hpp"

namespace polyagamma {
namespace {

// About 32 KiB of the matrix and 128 KiB of linear predictors, in steps of 4 panels.
std::size_t panels_per_block(std::size_t columns, std::size_t predictors, std::size_t chains) {
    constexpr std::size_t kDoubles = 4096, kUnit = 4 * kPanelRows;
    const std::size_t of_matrix = std::clamp<std::size_t>(kDoubles / (kUnit * columns), 1, 16);
    if (predictors == 1) return 4 * of_matrix;
    return 4 * std::clamp<std::size_t>(4 * kDoubles / (kUnit * predictors * chains), 1, of_matrix);
}

std::size_t product_columns(const Likelihood& likelihood, std::size_t k) {
    return likelihood.predictors() == 1 ? k : (k - likelihood.extras()) / likelihood.predictors();
}

}  // namespace

GradientPass::GradientPass(std::vector<const ChainPosterior*> posteriors, std::size_t k, std::size_t workers)
    : GradientPass(posteriors, k, workers,
                   RowPartition::for_vectors(posteriors.front()->likelihood->rows())) {}

GradientPass::GradientPass(std::vector<const ChainPosterior*> posteriors, std::size_t k, std::size_t workers,
                           RowPartition partition)
    : posteriors_(std::move(posteriors)),
      k_(k),
      extras_(posteriors_.front()->likelihood->extras()),
      chains_(posteriors_.size()),
      predictors_(posteriors_.front()->likelihood->predictors()),
      products_(predictors_ * product_columns(*posteriors_.front()->likelihood, k)),
      block_panels_(panels_per_block(products_ / predictors_, predictors_, chains_)),
      partition_(partition),
      points_(workers, {Vector(products_ * chains_), Vector(chains_ * extras_), {}, {}}),
      of_prior_(chains_, Vector(k)),
      deviations_(predictors_ == 1 ? 0 : chains_ * padded_rows(k)),
      pulled_(deviations_.size()),
      parts_(partition_.count()) {
    for (std::size_t c = 0; !deviations_.empty() && c < chains_; ++c)
        deviation_of_.push_back(&deviations_[c * padded_rows(k)]);
}

void GradientPass::run(Worker& worker, const Whitening& whitening, const double* const* u, Wanted wanted,
                       Density* const* densities) {
    worker.barrier();
    read_points(worker, whitening, u);
    if (whitening.distant() == nullptr) {
        all_strips(worker, whitening, wanted);
    } else if (worker.index() == 0) {
        fetch(*whitening.distant(), wanted);
    }
    worker.barrier();
    finish_chains(worker, whitening, u, wanted, densities);
}

void GradientPass::all_strips(const Worker& worker, const Whitening& whitening, Wanted wanted) {
    const Worker::Range strips = worker.share(partition_.count());
    for (std::size_t s = strips.begin; s < strips.end; ++s)
        strip(whitening, points_[worker.index()], wanted, s);
}

Vector GradientPass::sums(const Whitening& whitening, const double* const* u, const Vector& extras,
                          Wanted wanted) {
    Worker alone;
    read_points(alone, whitening, u);
    if (extras_ > 0) points_.front().extras = extras;
    all_strips(alone, whitening, wanted);
    Vector all;
    for (const Part& part : parts_) {
        for (const Vector* one : {&part.gradient, &part.log_likelihood, &part.of_extras})
            all.insert(all.end(), one->begin(), one->end());
    }
    return all;
}

// At what the first worker has read: rows of one predictor multiply all coordinates, of several there are no
// others.
void GradientPass::fetch(DistantRows& rows, Wanted wanted) {
    Vector points(chains_ * k_), extras(points_.front().extras);
    for (std::size_t c = 0; c < chains_; ++c) {
        for (std::size_t j = 0; j < products_; ++j) points[c * k_ + j] = points_.front().u[j * chains_ + c];
        if (extras_ > 0) posteriors_[c]->likelihood->tell(&extras[c * extras_]);
    }
    Vector told(partition_.count() * chains_ * (products_ + 1 + extras_));
    rows.gradients(points, extras, wanted == Wanted::gradient_and_value, told);
    const double* from = told.data();
    for (Part& part : parts_) {
        take(from, products_ * chains_, part.gradient);
        take(from, chains_, part.log_likelihood);
        take(from, chains_ * extras_, part.of_extras);
    }
}

void GradientPass::read_points(Worker& worker, const Whitening& whitening, const double* const* u) {
    Points& points = points_[worker.index()];
    for (std::size_t c = 0; extras_ > 0 && c < chains_; ++c)
        whitening.last_coefficients(u[c], extras_, &points.extras[c * extras_]);
    if (whitening.folded()) return interleave(u, chains_, points.u);
    const std::size_t stride = deviations_.size() / chains_;
    const Worker::Range own = worker.share(chains_);
    if (own.begin < own.end)
        whitening.deviate(u + own.begin, own.end - own.begin, &deviations_[own.begin * stride], stride,
                          points.work);
    worker.barrier();
    interleave(deviation_of_.data(), chains_, points.u);
    const Vector& centre = whitening.centre();
    for (std::size_t j = 0; j < products_; ++j)
        for (std::size_t c = 0; c < chains_; ++c) points.u[j * chains_ + c] += centre[j];
}

void GradientPass::run_alone(const Whitening& whitening, const double* u, Density& density) {
    Worker alone;
    Density* result = &density;
    run(alone, whitening, &u, Wanted::gradient_and_value, &result);
}

void GradientPass::finish_chains(const Worker& worker, const Whitening& whitening, const double* const* u,
                                 Wanted wanted, Density* const* densities) {
    Points& points = points_[worker.index()];
    const std::size_t stride = deviations_.size() / chains_;
    const Worker::Range own = worker.share(chains_);
    std::vector<double*>& gradients = points.gradients;
    gradients.clear();
    for (std::size_t c = own.begin; c < own.end; ++c) {
        const bool folded = whitening.folded();
        gradients.push_back(densities[c]->gradient.data());
        const double value = finish(whitening, points, c, folded ? u[c] : &deviations_[c * stride],
                                    folded ? gradients.back() : &pulled_[c * stride]);
        if (wanted == Wanted::gradient_and_value) densities[c]->log_posterior = value;
    }
    if (!whitening.folded() && !gradients.empty())
        whitening.pull_back(&pulled_[own.begin * stride], gradients.size(), stride, gradients.data(),
                            points.work);
}

double GradientPass::finish(const Whitening& whitening, const Points& points, std::size_t chain,
                            const double* point, double* gradient) {
    const double* of_prior = of_prior_[chain].data();
    const double log_prior = posteriors_[chain]->prior->log_density(point, of_prior_[chain].data());
    for (std::size_t j = 0; j < k_; ++j) {
        double sum = 0.0;
        for (const Part& part : parts_)
            if (j < products_) sum += part.gradient[j * chains_ + chain];
        gradient[j] = sum + of_prior[j];
    }
    const double of_extras = extras_ > 0 ? finish_extras(whitening, points, chain, gradient) : 0.0;
    double log_likelihood = 0.0;
    for (const Part& part : parts_) log_likelihood += part.log_likelihood[chain];
    return log_likelihood + log_prior + of_extras;
}

double GradientPass::finish_extras(const Whitening& whitening, const Points& points, std::size_t chain,
                                   double* gradient) const {
    Vector slopes(extras_);
    for (std::size_t e = 0; e < extras_; ++e)
        for (const Part& part : parts_) slopes[e] += part.of_extras[chain * extras_ + e];
    const double value =
        posteriors_[chain]->likelihood->log_density_of_extras(&points.extras[chain * extras_], slopes.data());
    for (std::size_t e = 0; e < extras_; ++e) {
        const double* row = whitening.last_row(extras_ - 1 - e);
        if (!whitening.folded()) gradient[products_ + e] += slopes[e];
        for (std::size_t j = 0; whitening.folded() && j < k_; ++j) gradient[j] += slopes[e] * row[j];
    }
    return value;
}

void GradientPass::strip(const Whitening& whitening, const Points& points, Wanted wanted, std::size_t index) {
    Part& part = parts_[index];
    part.eta.resize(predictors_ * chains_ * block_panels_ * kPanelRows);
    part.gradient_lanes.assign(products_ * chains_ * kPanelRows, 0.0);
    part.density_lanes.assign(chains_ * kPanelRows, 0.0);
    part.extra_lanes.assign(chains_ * extras_ * kPanelRows, 0.0);
    const std::size_t begin = partition_.first_panel(index), end = partition_.first_panel(index + 1);
    for (std::size_t first = begin; first < end; first += block_panels_) {
        block(whitening, points, wanted, first, std::min(block_panels_, end - first), part);
    }
    sum_each(part.gradient_lanes, part.gradient);
    sum_each(part.density_lanes, part.log_likelihood);
    sum_each(part.extra_lanes, part.of_extras);
}

void GradientPass::block(const Whitening& whitening, const Points& points, Wanted wanted,
                         std::size_t first_panel, std::size_t panels, Part& part) const {
    const ModelLoops& simd = loops().model;
    const std::size_t first = first_panel * kPanelRows, n = panels * kPanelRows;
    const std::size_t rows = block_panels_ * kPanelRows;  // that there is room for
    const std::size_t columns = products_ / predictors_, padded = whitening.predictor().size() / predictors_;
    const double* matrix = whitening.matrix().panel(first_panel);
    for (std::size_t k = 0; k < predictors_; ++k) {
        double* eta = &part.eta[k * chains_ * rows];
        const double* eta0 = &whitening.predictor()[k * padded + first];
        simd.forward(matrix, panels, columns, &points.u[k * columns * chains_], chains_, eta, rows);
        for (std::size_t c = 0; whitening.shifted() && c < chains_; ++c)
            for (std::size_t i = 0; i < n; ++i) eta[c * rows + i] += eta0[i];
    }
    for (std::size_t c = 0; c < chains_; ++c) {
        posteriors_[c]->likelihood->derivative_at(
            points.extras.data() + c * extras_, {first, n, chains_ * rows}, &part.eta[c * rows],
            part.extra_lanes.data() + c * extras_ * kPanelRows,
            wanted == Wanted::gradient_and_value ? &part.density_lanes[c * kPanelRows] : nullptr);
    }
    for (std::size_t k = 0; k < predictors_; ++k)
        simd.transposed(matrix, panels, columns, &part.eta[k * chains_ * rows], chains_, rows,
                        &part.gradient_lanes[k * columns * chains_ * kPanelRows]);
}

}  // namespace polyagamma
