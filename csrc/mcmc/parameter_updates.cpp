#include "mcmc/parameter_updates.hpp"

#include "simd/loops.hpp"

namespace polyagamma {

void ParameterUpdate::run(Worker& worker, const Whitening& whitening, ChainBatch& batch) {
    const Panels& matrix = whitening.matrix();
    Vector eta(padded_rows(matrix.rows()));
    const Worker::Range own = worker.share(batch.size());
    for (std::size_t c = own.begin; c < own.end; ++c) {
        loops().model.forward(matrix.panel(0), matrix.count(), matrix.columns(), batch.u[c], 1, eta.data(),
                              eta.size());
        for (std::size_t i = 0; i < eta.size(); ++i) eta[i] += whitening.predictor()[i];
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
