#include "mcmc/gibbs_update.hpp"

#include <algorithm>

#include "linalg/dense.hpp"
#include "linalg/gaussian.hpp"
#include "random/normals.hpp"

namespace polyagamma {

GibbsUpdate::GibbsUpdate(const ChainBatch& batch, std::size_t k, std::size_t workers)
    : posteriors_(batch.posteriors()),
      k_(k),
      chains_(batch.size()),
      rows_(posteriors_, k, workers),
      normals_(chains_, Vector(k)),
      draws_(chains_, Vector(k)),
      keys_(chains_),
      extras_(chains_, Vector(posteriors_.front()->likelihood->extras())) {}

void GibbsUpdate::run(Worker& worker, const Whitening& whitening, ChainBatch& batch, bool want_density) {
    const Worker::Range own = worker.share(chains_);
    if (!extras_.front().empty()) draw_extras(worker, whitening, batch);
    for (std::size_t c = own.begin; c < own.end; ++c) keys_[c] = FillKey::from(*batch.bitgens[c]);
    pass(worker, whitening, batch, {true, want_density});
    for (std::size_t c = own.begin; c < own.end; ++c)
        batch.status[c] = draw(whitening, *batch.bitgens[c], c, batch.u[c]);
}

void GibbsUpdate::evaluate(Worker& worker, const Whitening& whitening, ChainBatch& batch) {
    pass(worker, whitening, batch, {false, true});
    batch.check_densities(worker);
}

void GibbsUpdate::pass(Worker& worker, const Whitening& whitening, ChainBatch& batch,
                       AugmentedPass::Wanted wanted) {
    rows_.run(worker, whitening, batch.u.data(), keys_, wanted, extras_);
    const Worker::Range own = worker.share(chains_);
    for (std::size_t c = own.begin; wanted.density && c < own.end; ++c) {
        const double log_prior = posteriors_[c]->prior->log_density(batch.u[c], draws_[c].data());
        batch.density[c].log_posterior = rows_.log_likelihood(c) + log_prior;
    }
}

void GibbsUpdate::draw_extras(const Worker& worker, const Whitening& whitening, ChainBatch& batch) {
    Vector eta(whitening.predictor().size());
    const Worker::Range own = worker.share(chains_);
    for (std::size_t c = own.begin; c < own.end; ++c) {
        whitening.last_coefficients(batch.u[c], extras_[c].size(), extras_[c].data());
        const double* at = batch.u[c];
        if (whitening.distant() == nullptr) {
            whitening.predictors_at(at, eta.data());
            at = eta.data();
        }
        batch.models[c]->likelihood()->update_extras(at, extras_[c].data(), *batch.bitgens[c]);
    }
}

// Given A u = a a draw is u − V (A V)⁻¹ (A u − a) with V = Q⁻¹Aᵀ (Rue and Held 2005, section 2.3.3), one
// constraint after the other.
void GibbsUpdate::condition_on_extras(const Whitening& whitening, std::size_t chain, const double* factor,
                                      double* draw) const {
    const Vector& extras = extras_[chain];
    const std::size_t count = extras.size();
    std::vector<Vector> directions;
    Vector now(count);
    for (std::size_t e = 0; e < count; ++e) {
        const double* row = whitening.last_row(count - 1 - e);
        Vector v(row, row + k_);
        solve_lower(whitening.blas(), factor, k_, v.data());
        solve_lower_transposed(whitening.blas(), factor, k_, v.data());
        for (std::size_t f = 0; f < e; ++f) {
            const double* other = whitening.last_row(count - 1 - f);
            const double share = dot(other, v.data(), k_) / dot(other, directions[f].data(), k_);
            for (std::size_t j = 0; j < k_; ++j) v[j] -= share * directions[f][j];
        }
        whitening.last_coefficients(draw, count, now.data());
        const double step = (now[e] - extras[e]) / dot(row, v.data(), k_);
        for (std::size_t j = 0; j < k_; ++j) draw[j] -= step * v[j];
        directions.push_back(std::move(v));
    }
}

// The coefficients given ω, from the sums of all strips.
Status GibbsUpdate::draw(const Whitening& whitening, BitGen& bitgen, std::size_t chain, double* u) {
    Vector &normals = normals_[chain], &draw = draws_[chain];
    for (std::size_t j = 0; j < k_; ++j) draw[j] = -posteriors_[chain]->prior->linear()[j];
    double* precision = rows_.precision(chain, posteriors_[chain]->prior->precision(), draw.data());
    // ω says nothing about the extras: any precision makes Q definite, and they are known all the same.
    for (std::size_t e = 0; e < extras_[chain].size(); ++e) {
        const double* row = whitening.last_row(e);
        for (std::size_t i = 0; i < k_; ++i)
            for (std::size_t j = 0; j <= i; ++j) precision[i * k_ + j] += row[i] * row[j];
    }
    fill_normals(bitgen, normals.data(), k_);
    const Status status = draw_from_precision(whitening.blas(), precision, draw.data(), normals.data(), k_);
    if (status.ok()) condition_on_extras(whitening, chain, precision, draw.data());
    if (status.ok()) std::copy(draw.begin(), draw.end(), u);
    return status;
}

}  // namespace polyagamma
