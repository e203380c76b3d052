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
        workers_.push_back({{model_.rows, k, first, bitgens_.data(), u_.data(), count},
                            {model_.rows, k, count},
                            {model_.rows, k, count}});
        first += count;
    }
}

RunStatus Chains::run(std::size_t sweeps, const Output& output) {
    std::vector<RunStatus> results(workers_.size());
    parallel_for(workers_.size(), threads_, [&](std::size_t i) { results[i] = debug.trajectories ? run_hmc(workers_[i], sweeps, output) : run_gibbs(workers_[i], sweeps, output); });
    sweeps_done_ += sweeps;
    const auto bad = std::find_if(results.begin(), results.end(), [](const RunStatus& r) { return !r.status.ok(); });
    return bad == results.end() ? RunStatus{} : *bad;
}

RunStatus Chains::run_gibbs(Worker& worker, std::size_t sweeps, const Output& output) {
    Group& group = worker.group;
    Vector log_likelihood(group.size()), log_prior(group.size()), gradient(coordinates_.size());
    // A sweep yields the log-likelihood of the states before it: lp is written one sweep late.
    const auto write_lp = [&](std::size_t sweep) {
        for (std::size_t c = 0; c < group.size(); ++c) {
            *output.lp.at(group.first + c, sweep) = log_likelihood[c] + log_prior[c];
        }
    };
    const bool want_lp = output.lp.data != nullptr;
    for (std::size_t sweep = 0; sweep < sweeps; ++sweep) {
        std::size_t failed = 0;
        const Status status = worker.gibbs.run(coordinates_, group.bitgens.data(), group.u.data(),
                                               want_lp ? log_likelihood.data() : nullptr, failed);
        if (want_lp && sweep > 0) write_lp(sweep - 1);
        if (!status.ok()) return {status, group.first + failed, sweep};
        for (std::size_t c = 0; c < group.size(); ++c) {
            if (output.beta.data) coordinates_.coefficients(group.u[c], output.beta.at(group.first + c, sweep));
            if (want_lp) log_prior[c] = coordinates_.log_prior(group.u[c], gradient.data());
        }
    }
    group.evaluated = false;
    if (want_lp && sweeps > 0) {
        const Status status = group.evaluate(coordinates_);
        log_likelihood = group.log_likelihood;
        write_lp(sweeps - 1);
        if (!status.ok()) return {status, group.first, sweeps};
    }
    return {};
}

RunStatus Chains::run_hmc(Worker& worker, std::size_t sweeps, const Output& output) {
    Group& group = worker.group;
    std::vector<HmcInfo> info(group.size());
    for (std::size_t sweep = 0; sweep < sweeps; ++sweep) {
        if (debug.gibbs) {
            std::size_t failed = 0;
            const Status status = worker.gibbs.run(coordinates_, group.bitgens.data(), group.u.data(), nullptr, failed);
            if (!status.ok()) return {status, group.first + failed, sweep};
            group.evaluated = false;
        }
        if (const Status status = group.evaluate(coordinates_); !status.ok()) return {status, group.first + status.index, sweep};
        std::vector<double> acceptance(group.size());
        for (std::size_t t = 0; t < debug.trajectories; ++t) {
            worker.hmc.run(coordinates_, debug.hmc, group, info.data());
            for (std::size_t c = 0; c < group.size(); ++c) acceptance[c] += info[c].acceptance / double(debug.trajectories);
        }
        for (std::size_t c = 0; c < group.size(); ++c) {
            if (output.beta.data) coordinates_.coefficients(group.u[c], output.beta.at(group.first + c, sweep));
            if (output.lp.data) *output.lp.at(group.first + c, sweep) = group.log_density[c];
            if (output.acceptance_rate.data) *output.acceptance_rate.at(group.first + c, sweep) = acceptance[c];
            if (output.energy.data) *output.energy.at(group.first + c, sweep) = info[c].energy;
        }
    }
    return {};
}

void Chains::move(const double* centre, const double* basis) {
    // temporary: states become draws at the centre
    coordinates_.assign(model_.design, model_.rows, model_.prior, centre, basis);
    for (auto& w : workers_) w.group.evaluated = false;
}

void Chains::set_states(const double* u, std::uint64_t sweeps_done) {
    std::copy(u, u + u_.size(), u_.begin());
    sweeps_done_ = sweeps_done;
}

}  // namespace polyagamma
