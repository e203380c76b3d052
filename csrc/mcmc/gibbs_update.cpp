#include "mcmc/gibbs_update.hpp"

#include <algorithm>

#include "linalg/dense.hpp"
#include "linalg/gaussian.hpp"
#include "linalg/interleave.hpp"
#include "linalg/weighted_gram.hpp"
#include "random/normals.hpp"
#include "simd/lanes_sum.hpp"
#include "simd/loops.hpp"

namespace polyagamma {
namespace {

constexpr std::size_t kBlockPanels = kBlock / kPanelRows;

}  // namespace

GibbsUpdate::GibbsUpdate(const ChainBatch& batch, std::size_t k, std::size_t workers)
    : posteriors_(batch.posteriors()),
      k_(k),
      chains_(batch.size()),
      partition_(RowPartition::for_matrices(posteriors_.front()->likelihood->rows(), k)),
      normals_(chains_, Vector(k)),
      draws_(chains_, Vector(k)),
      keys_(chains_),
      extras_(chains_, Vector(posteriors_.front()->likelihood->extras())) {
    const std::size_t in_part = partition_.count() < workers ? 1 : chains_;
    for (std::size_t strip = 0; strip < partition_.count(); ++strip) {
        for (std::size_t c = 0; c < chains_; c += in_part) parts_.push_back(make_part(strip, c, in_part));
    }
}

GibbsUpdate::Part GibbsUpdate::make_part(std::size_t strip, std::size_t first_chain,
                                         std::size_t chains) const {
    return {strip,
            first_chain,
            chains,
            Vector(k_ * chains),
            Vector(chains * kBlock),
            Vector(kBlock),
            Vector(chains * k_ * k_),
            Vector(k_ * chains * kPanelRows),
            Vector(chains * kPanelRows)};
}

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

void GibbsUpdate::pass(Worker& worker, const Whitening& whitening, ChainBatch& batch, Wanted wanted) {
    worker.barrier();
    const Worker::Range parts = worker.share(parts_.size());
    for (std::size_t i = parts.begin; i < parts.end; ++i) {
        Part& part = parts_[i];
        interleave(&batch.u[part.first_chain], part.chains, part.interleaved);
        add_rows(whitening, wanted, part);
    }
    worker.barrier();
    const Worker::Range own = worker.share(chains_);
    for (std::size_t c = own.begin; wanted.density && c < own.end; ++c) {
        const double log_prior = posteriors_[c]->prior->log_density(batch.u[c], draws_[c].data());
        batch.density[c].log_posterior = log_likelihood(c) + log_prior;
    }
}

void GibbsUpdate::add_rows(const Whitening& whitening, Wanted wanted, Part& part) const {
    for (Vector* sums : {&part.precision, &part.right_hand_side, &part.lanes})
        std::fill(sums->begin(), sums->end(), 0.0);
    const std::size_t begin = partition_.first_panel(part.strip),
                      end = partition_.first_panel(part.strip + 1);
    for (std::size_t first = begin; first < end; first += kBlockPanels) {
        block(whitening, first, std::min(kBlockPanels, end - first), wanted, part);
    }
}

void GibbsUpdate::block(const Whitening& whitening, std::size_t first_panel, std::size_t panels,
                        Wanted wanted, Part& part) const {
    const ModelLoops& simd = loops().model;
    const std::size_t first = first_panel * kPanelRows;
    const std::size_t padded = panels * kPanelRows;
    const double* eta0 = &whitening.predictor()[first];
    const double* matrix = whitening.matrix().panel(first_panel);
    simd.forward(matrix, panels, k_, part.interleaved.data(), part.chains, part.eta.data(), kBlock);
    for (std::size_t c = 0; c < part.chains; ++c) {
        const Likelihood& likelihood = *posteriors_[part.first_chain + c]->likelihood;
        const PolyaGammaForm& form = *likelihood.polya_gamma();
        const double* kappa = form.kappa + first;
        double* eta = &part.eta[c * kBlock];
        for (std::size_t i = 0; i < padded; ++i) eta[i] += eta0[i];
        if (wanted.draw) augment(whitening, likelihood, first_panel, panels, c, part);
        if (wanted.density)
            likelihood.derivative_and_log_density({first, padded, kBlock}, eta, &part.lanes[c * kPanelRows]);
        for (std::size_t i = 0; i < padded; ++i) eta[i] = kappa[i] - part.omega[i] * (eta0[i] + form.shift);
    }
    if (!wanted.draw) return;
    simd.transposed(matrix, panels, k_, part.eta.data(), part.chains, kBlock, part.right_hand_side.data());
}

void GibbsUpdate::augment(const Whitening& whitening, const Likelihood& likelihood, std::size_t first_panel,
                          std::size_t panels, std::size_t c, Part& part) const {
    const std::size_t first = first_panel * kPanelRows;
    const std::size_t padded = panels * kPanelRows;
    const std::size_t n = std::min(padded, likelihood.rows() - first);
    const PolyaGammaForm& form = *likelihood.polya_gamma();
    const FillKey& key = keys_[part.first_chain + c];
    double* omega = part.omega.data();
    for (std::size_t i = 0; i < n; ++i) omega[i] = part.eta[c * kBlock + i] + form.shift;
    fill(key, first / kBlock, {form.b + first, 1}, {omega, 1}, n, omega);
    std::fill(omega + n, omega + padded, 0.0);
    add_weighted_gram(whitening.matrix(), first_panel, panels, omega, &part.precision[c * k_ * k_]);
}

double GibbsUpdate::log_likelihood(std::size_t chain) const {
    double sum = 0.0;
    for (const Part& part : parts_)
        if (part.has(chain)) sum += sum_lanes(&part.lanes[(chain - part.first_chain) * kPanelRows]);
    return sum;
}

void GibbsUpdate::draw_extras(const Worker& worker, const Whitening& whitening, ChainBatch& batch) {
    Vector eta(whitening.predictor().size());
    const Worker::Range own = worker.share(chains_);
    for (std::size_t c = own.begin; c < own.end; ++c) {
        whitening.last_coefficients(batch.u[c], extras_[c].size(), extras_[c].data());
        whitening.predictors_at(batch.u[c], eta.data());
        batch.models[c]->likelihood()->update_extras(eta.data(), extras_[c].data(), *batch.bitgens[c]);
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

// The coefficients given ω, from the sums of all strips. Q is made where the first part has its share.
Status GibbsUpdate::draw(const Whitening& whitening, BitGen& bitgen, std::size_t chain, double* u) {
    Vector &normals = normals_[chain], &draw = draws_[chain];
    for (std::size_t j = 0; j < k_; ++j) draw[j] = -posteriors_[chain]->prior->linear()[j];
    double* precision = nullptr;
    for (Part& part : parts_) {
        if (!part.has(chain)) continue;
        const std::size_t c = chain - part.first_chain;
        double* share = &part.precision[c * k_ * k_];
        if (precision == nullptr) precision = share;
        const double* more = precision == share ? posteriors_[chain]->prior->precision().data() : share;
        for (std::size_t i = 0; i < k_ * k_; ++i) precision[i] += more[i];
        for (std::size_t j = 0; j < k_; ++j)
            draw[j] += sum_lanes(&part.right_hand_side[(j * part.chains + c) * kPanelRows]);
    }
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
