#include "mcmc/chain_batch.hpp"

#include <algorithm>

#include "linalg/dense.hpp"

namespace polyagamma {

ChainModel::ChainModel(const LinearModel& model, const Whitening& whitening)
    : likelihood_(model.likelihood.for_chain()),
      prior_(model.prior.for_chain()),
      posterior_{likelihood_ ? likelihood_.get() : &model.likelihood, &whitening.prior()} {
    whiten(whitening);
}

void ChainModel::whiten(const Whitening& whitening) {
    if (!prior_) return;
    whitened_ = std::make_unique<WhitenedPrior>(whitening.whiten(prior_->conditional()));
    posterior_.prior = whitened_.get();
}

double ChainModel::log_density() const {
    return (likelihood_ ? likelihood_->log_prior() : 0.0) + (prior_ ? prior_->log_density_of_scales() : 0.0);
}

Vector ChainModel::parameters() const {
    Vector values = likelihood_ ? likelihood_->parameters() : Vector();
    const Vector scales = prior_ ? prior_->scales() : Vector();
    values.insert(values.end(), scales.begin(), scales.end());
    return values;
}

bool ChainModel::set_parameters(const Vector& values) {
    if (values.size() != parameters().size()) return false;
    const std::size_t own = likelihood_ ? likelihood_->parameters().size() : 0;
    if (likelihood_) likelihood_->set_parameters(values.data());
    if (prior_) prior_->set_scales(values.data() + own);
    return true;
}

ChainBatch::ChainBatch(std::vector<ChainModel>& all_models, std::size_t first_chain,
                       BitGen* const* all_bitgens, double* all_u, std::size_t k, std::size_t chains,
                       std::size_t workers)
    : first(first_chain),
      bitgens(all_bitgens + first_chain, all_bitgens + first_chain + chains),
      density(chains, Density(k)),
      status(chains),
      info(chains),
      pass_(
          [&] {
              for (std::size_t c = 0; c < chains; ++c) models.push_back(&all_models[first_chain + c]);
              return posteriors();
          }(),
          k, workers) {
    for (std::size_t c = 0; c < chains; ++c) u.push_back(all_u + (first_chain + c) * k);
    for (Density& one : density) pointers_.push_back(&one);
}

std::vector<const ChainPosterior*> ChainBatch::posteriors() const {
    std::vector<const ChainPosterior*> pointers;
    for (const ChainModel* model : models) pointers.push_back(&model->posterior());
    return pointers;
}

void ChainBatch::evaluate(Worker& worker, const Whitening& whitening) {
    pass_.run(worker, whitening, u.data(), GradientPass::Wanted::gradient_and_value, pointers_.data());
    check_densities(worker);
}

void ChainBatch::check_densities(const Worker& worker) {
    const Worker::Range own = worker.share(size());
    for (std::size_t c = own.begin; c < own.end; ++c) status[c] = check_finite(&density[c].log_posterior, 1);
}

std::size_t ChainBatch::first_failure(Worker& worker) const {
    worker.barrier();
    const auto bad = std::find_if(status.begin(), status.end(), [](const Status& s) { return !s.ok(); });
    return static_cast<std::size_t>(bad - status.begin());
}

}  // namespace polyagamma
