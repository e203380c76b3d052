#include "mcmc/class_gibbs_update.hpp"

#include <algorithm>
#include <utility>

#include "linalg/gaussian.hpp"
#include "random/normals.hpp"

namespace polyagamma {

ClassGibbsUpdate::ClassGibbsUpdate(const ChainBatch& batch, std::vector<const GaussianPrior*> priors,
                                   std::size_t workers)
    : posteriors_(batch.posteriors()),
      priors_(std::move(priors)),
      rows_(posteriors_, priors_.front()->size(), workers),
      keys_(batch.size()),
      work_(batch.size()) {
    const std::size_t k = priors_.front()->size();
    const std::size_t columns = k / posteriors_.front()->likelihood->predictors();
    for (Work& work : work_)
        work = {Vector(), Vector(columns * columns), Vector(columns), Vector(columns), Vector(k)};
}

void ClassGibbsUpdate::run(Worker& worker, const Whitening& whitening, ChainBatch& batch) {
    const Worker::Range own = worker.share(batch.size());
    for (std::size_t c = own.begin; c < own.end; ++c) work_[c].precision = priors_[c]->precision();
    for (std::size_t k = 0; k < whitening.predictors(); ++k) {
        for (std::size_t c = own.begin; c < own.end; ++c) keys_[c] = FillKey::from(*batch.bitgens[c]);
        rows_.run(worker, whitening, batch.u.data(), keys_, {true, false, k});
        for (std::size_t c = own.begin; c < own.end; ++c)
            if (batch.status[c].ok())
                batch.status[c] = draw(whitening.blas(), k, c, *batch.bitgens[c], batch.u[c]);
    }
}

// Of the prior, given the coefficients of the others: precision Λ_kk, and the linear term that makes its
// gradient at β_k = 0 that of the joint prior there.
Status ClassGibbsUpdate::draw(const Blas& blas, std::size_t predictor, std::size_t chain, BitGen& bitgen,
                              double* beta) {
    Work& work = work_[chain];
    const std::size_t columns = work.draw.size(), first = predictor * columns, all = work.of_prior.size();
    double* own = beta + first;
    posteriors_[chain]->prior->log_density(beta, work.of_prior.data());
    for (std::size_t j = 0; j < columns; ++j) {
        const double* row = &work.precision[(first + j) * all + first];
        std::copy_n(row, columns, &work.of_predictor[j * columns]);
        work.draw[j] = work.of_prior[first + j];
        for (std::size_t l = 0; l < columns; ++l) work.draw[j] += row[l] * own[l];
    }
    double* precision = rows_.precision(chain, work.of_predictor, work.draw.data());
    fill_normals(bitgen, work.normals.data(), columns);
    const Status status =
        draw_from_precision(blas, precision, work.draw.data(), work.normals.data(), columns);
    if (status.ok()) std::copy(work.draw.begin(), work.draw.end(), own);
    return status;
}

}  // namespace polyagamma
