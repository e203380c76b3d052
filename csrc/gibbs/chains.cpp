#include "gibbs/chains.hpp"

#include <algorithm>

#include "gibbs/parallel.hpp"

namespace polyagamma {

Chains::Chains(const Model& model, std::vector<BitGen*> bitgens, const double* initial, unsigned threads)
    : model_(model),
      bitgens_(std::move(bitgens)),
      coordinates_(model.design, model.rows, model.prior, model.blas),
      u_(initial, initial + bitgens_.size() * coordinates_.size()),
      threads_(std::max(1u, threads)) {
    make_groups(threads_);
}

void Chains::make_groups(unsigned threads) {
    const std::size_t per_thread = (size() + threads - 1) / threads;
    const std::size_t k = coordinates_.size();
    for (std::size_t first = 0; first < size();) {
        const std::size_t count = std::min({per_thread, kGroupChains, size() - first});
        Group group{first, {}, {model_.rows, k, count}, {model_.rows, k, count}};
        for (std::size_t c = first; c < first + count; ++c) group.u.push_back(&u_[c * k]);
        groups_.push_back(std::move(group));
        first += count;
    }
}

RunStatus Chains::run(std::size_t sweeps, const Output& output) {
    std::vector<RunStatus> results(groups_.size());
    parallel_for(groups_.size(), threads_, [&](std::size_t i) { results[i] = run_group(groups_[i], sweeps, output); });
    sweeps_done_ += sweeps;
    const auto bad = std::find_if(results.begin(), results.end(), [](const RunStatus& r) { return !r.status.ok(); });
    return bad == results.end() ? RunStatus{} : *bad;
}

RunStatus Chains::run_group(Group& group, std::size_t sweeps, const Output& output) {
    const std::size_t chains = group.u.size();
    Vector log_likelihood(chains), log_prior(chains), gradient(chains * coordinates_.size());
    // A sweep yields the log-likelihood of the state before it: lp is written one sweep late.
    const auto write_lp = [&](std::size_t sweep) {
        for (std::size_t c = 0; c < chains; ++c) {
            *output.lp.at(group.first + c, sweep) = log_likelihood[c] + log_prior[c];
        }
    };
    const bool want_lp = output.lp.data != nullptr;
    for (std::size_t sweep = 0; sweep < sweeps; ++sweep) {
        std::size_t failed = 0;
        const Status status = group.gibbs.run(coordinates_, &bitgens_[group.first], group.u.data(),
                                               want_lp ? log_likelihood.data() : nullptr, failed);
        if (want_lp && sweep > 0) write_lp(sweep - 1);
        if (!status.ok()) return {status, group.first + failed, sweep};
        for (std::size_t c = 0; c < chains; ++c) {
            if (output.beta.data) coordinates_.coefficients(group.u[c], output.beta.at(group.first + c, sweep));
            if (want_lp) log_prior[c] = coordinates_.log_prior(group.u[c], gradient.data());
        }
    }
    if (want_lp && sweeps > 0) {
        group.gradient.run(coordinates_, group.u.data(), gradient.data(), log_likelihood.data());
        write_lp(sweeps - 1);
    }
    return {};
}

void Chains::set_states(const double* u, std::uint64_t sweeps_done) {
    std::copy(u, u + u_.size(), u_.begin());
    sweeps_done_ = sweeps_done;
}

}  // namespace polyagamma
