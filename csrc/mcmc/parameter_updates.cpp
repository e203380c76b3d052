#include "mcmc/parameter_updates.hpp"

namespace polyagamma {

void ParameterUpdate::run(Worker& worker, const Whitening& whitening, ChainBatch& batch) {
    Vector eta(whitening.predictor().size());
    const Worker::Range own = worker.share(batch.size());
    for (std::size_t c = own.begin; c < own.end; ++c) {
        whitening.predictors_at(batch.u[c], eta.data());
        batch.models[c]->likelihood()->update_parameters(eta.data(), *batch.bitgens[c]);
    }
}

void ScaleUpdate::run(Worker& worker, const Whitening& whitening, ChainBatch& batch) {
    Vector beta(whitening.size());
    const Worker::Range own = worker.share(batch.size());
    for (std::size_t c = own.begin; c < own.end; ++c) {
        whitening.coefficients(batch.u[c], beta.data());
        batch.models[c]->prior()->update_scales(beta.data(), *batch.bitgens[c]);
        batch.models[c]->whiten(whitening);
    }
}

}  // namespace polyagamma
