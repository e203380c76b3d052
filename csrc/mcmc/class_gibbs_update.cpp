#include "mcmc/class_gibbs_update.hpp"

#include <algorithm>
#include <utility>

#include "linalg/gaussian.hpp"
#include "linalg/weighted_gram.hpp"
#include "pg/sampler.hpp"
#include "random/normals.hpp"
#include "simd/lanes_sum.hpp"
#include "simd/loops.hpp"

namespace polyagamma {

ClassGibbsUpdate::ClassGibbsUpdate(const ChainBatch& batch, std::vector<const GaussianPrior*> priors)
    : priors_(std::move(priors)), work_(batch.size()) {
    const Likelihood& likelihood = *batch.models.front()->posterior().likelihood;
    const std::size_t k = priors_.front()->size(), columns = k / likelihood.predictors();
    const std::size_t padded = likelihood.padded();
    for (std::size_t c = 0; c < work_.size(); ++c)
        work_[c] = {Vector(likelihood.predictors() * padded),
                    Vector(padded),
                    Vector(padded),
                    Vector(columns * columns),
                    Vector(),
                    Vector(columns * kPanelRows),
                    Vector(columns),
                    Vector(columns),
                    Vector(k)};
}

void ClassGibbsUpdate::run(Worker& worker, const Whitening& whitening, ChainBatch& batch) {
    const Worker::Range own = worker.share(batch.size());
    for (std::size_t c = own.begin; c < own.end; ++c) {
        const ChainPosterior& posterior = batch.models[c]->posterior();
        work_[c].precision = priors_[c]->precision();
        whitening.predictors_at(batch.u[c], work_[c].eta.data());
        for (std::size_t k = 0; k < whitening.predictors() && batch.status[c].ok(); ++k)
            batch.status[c] =
                draw(whitening, k, work_[c], posterior, *priors_[c], *batch.bitgens[c], batch.u[c]);
    }
}

// Of the prior, given the coefficients of the others: precision Λ_kk, and the linear term that makes its
// gradient at β_k = 0 that of the joint prior there.
Status ClassGibbsUpdate::draw(const Whitening& whitening, std::size_t predictor, Work& work,
                              const ChainPosterior& posterior, const GaussianPrior& prior, BitGen& bitgen,
                              double* beta) const {
    const ModelLoops& simd = loops().model;
    const Likelihood& likelihood = *posterior.likelihood;
    const PolyaGammaForm& form = *likelihood.polya_gamma_of(predictor);
    const std::size_t rows = likelihood.rows(), padded = likelihood.padded();
    const std::size_t columns = work.draw.size(), first = predictor * columns, all = prior.size();
    const Panels& x = whitening.matrix();
    const double* eta0 = &whitening.predictor()[predictor * padded];
    double *eta = &work.eta[predictor * padded], *own = beta + first;

    likelihood.shift_of(predictor, {0, padded, padded}, work.eta.data(), work.shift.data());
    for (std::size_t i = 0; i < padded; ++i) work.omega[i] = eta[i] + work.shift[i];
    fill(FillKey::from(bitgen), 0, {form.b, 1}, {work.omega.data(), 1}, rows, work.omega.data());
    std::fill(work.omega.begin() + static_cast<std::ptrdiff_t>(rows), work.omega.end(), 0.0);

    posterior.prior->log_density(beta, work.of_prior.data());
    for (std::size_t j = 0; j < columns; ++j) {
        const double* row = &work.precision[(first + j) * all + first];
        std::copy_n(row, columns, &work.gram[j * columns]);
        work.draw[j] = work.of_prior[first + j];
        for (std::size_t l = 0; l < columns; ++l) work.draw[j] += row[l] * own[l];
    }
    add_weighted_gram(x, 0, x.count(), work.omega.data(), work.gram.data());
    for (std::size_t i = 0; i < padded; ++i)
        eta[i] = form.kappa[i] - work.omega[i] * (eta0[i] + work.shift[i]);
    std::fill(work.lanes.begin(), work.lanes.end(), 0.0);
    simd.transposed(x.panel(0), x.count(), columns, eta, 1, padded, work.lanes.data());
    for (std::size_t j = 0; j < columns; ++j) work.draw[j] += sum_lanes(&work.lanes[j * kPanelRows]);

    fill_normals(bitgen, work.normals.data(), columns);
    const Status status = draw_from_precision(whitening.blas(), work.gram.data(), work.draw.data(),
                                              work.normals.data(), columns);
    if (status.ok()) std::copy(work.draw.begin(), work.draw.end(), own);
    simd.forward(x.panel(0), x.count(), columns, own, 1, eta, padded);
    for (std::size_t i = 0; i < padded; ++i) eta[i] += eta0[i];
    return status;
}

}  // namespace polyagamma
