#include "mcmc/linear_chains.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "linalg/dense.hpp"
#include "parallel/parallel_for.hpp"
#include "random/normals.hpp"
#include "vi/linear_mode.hpp"

namespace polyagamma {

Chains::BatchSampler::BatchSampler(const Rows& rows, std::size_t k, std::size_t first, std::size_t chains,
                                   std::size_t wide, std::size_t threads, BitGen* const* bitgens, double* u)
    : workers(threads),
      group(rows, k, first, bitgens, u, chains, threads),
      gibbs(rows, k, chains, threads),
      hmc(rows, k, chains, threads),
      coefficients(chains, {Vector(wide), Vector(k), Vector(wide)}) {}

namespace {

void write_no_trajectory(std::size_t chain, std::size_t sweep, const Output& output) {
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    if (output.acceptance_rate) *output.acceptance_rate.at(chain, sweep) = kNone;
    if (output.energy) *output.energy.at(chain, sweep) = kNone;
}

// How a sweep of all chains went; all workers take part.
RunStatus outcome(Worker& worker, const ChainBatch& group, std::size_t sweep) {
    const std::size_t failed = group.first_failure(worker);
    return failed == group.size() ? RunStatus{}
                                  : RunStatus{group.status[failed], group.first + failed, sweep};
}

}  // namespace

Chains::Chains(const Model& model, const RowSpaceModel* wide, std::vector<BitGen*> bitgens,
               const ChainsOptions& options)
    : model_(model),
      row_space_(wide),
      options_(options),
      bitgens_(std::move(bitgens)),
      whitening_(model),
      warmup_(options.kernel, options.tune, model.rows.n, whitening_.size(), bitgens_.size()),
      u_(bitgens_.size() * whitening_.size()) {
    make_samplers();
}

// Threads share the rows, for chains in lockstep read the data once for all; where the rows are too few they
// share out groups of chains.
void Chains::make_samplers() {
    const std::size_t threads = std::max(1u, options_.threads);
    const std::size_t strips = RowPartition::for_vectors(model_.rows.n).count();
    const std::size_t fewest = (size() + kBatchChains - 1) / kBatchChains;
    const std::size_t groups = std::clamp((threads + strips - 1) / strips, fewest, size());
    for (std::size_t g = 0; g < groups; ++g) {
        const std::size_t first = g * size() / groups;
        const std::size_t count = (g + 1) * size() / groups - first;
        samplers_.emplace_back(model_.rows, whitening_.size(), first, count, coefficients(),
                               std::max<std::size_t>(1, threads / groups), bitgens_.data(), u_.data());
    }
}

Status Chains::start(const double* initial) {
    densities_known_ = false;
    const std::size_t k = whitening_.size();
    for (std::size_t c = 0; initial != nullptr && c < size(); ++c) {
        const double* beta = initial + c * coefficients();
        if (row_space_) {
            row_space_->reduce(beta, &u_[c * k]);
        } else {
            std::copy(beta, beta + k, &u_[c * k]);
        }
    }
    if (initial != nullptr && options_.kernel == TransitionKernel::gibbs) return {};
    if (const Status status = move_to_mode(); !status.ok()) return status;
    for (std::size_t c = 0; initial == nullptr && c < size(); ++c) fill_normals(*bitgens_[c], &u_[c * k], k);
    return {};
}

// To the whitening of the Laplace approximation.
Status Chains::move_to_mode() {
    const std::size_t k = whitening_.size();
    Mode mode;
    if (const Status status = find_mode(whitening_, model_.rows, mode); !status.ok()) return status;
    clear_upper(mode.cholesky.data(), k);
    Metric metric{std::move(mode.u), std::move(mode.cholesky), identity(k)};
    for (std::size_t c = 0; c < size(); ++c) metric.transform(model_.blas, &u_[c * k]);
    Vector basis(k * k);
    metric.basis(model_.blas, basis.data());
    whitening_.move(model_, metric.centre.data(), basis.data());
    return {};
}

RunStatus Chains::run(std::size_t sweeps, const Output& output) {
    for (std::size_t done = 0; done < sweeps;) {
        const std::size_t left = warmup_.left_in_window(sweeps_done_);
        const std::size_t now = left == 0 ? sweeps - done : std::min(left, sweeps - done);
        RunStatus result = run_window(now, output.from(done));
        result.sweep += done;
        densities_known_ = result.status.ok() && !warmup_.settings().gibbs_only() && now != left;
        if (!result.status.ok()) return result;
        done += now;
        sweeps_done_ += now;
        const Status status = warmup_.finish_window(sweeps_done_, model_, whitening_, u_.data());
        if (!status.ok()) return {status, 0, done};
    }
    return {};
}

RunStatus Chains::run_window(std::size_t sweeps, const Output& output) {
    std::vector<RunStatus> results(samplers_.size());
    const bool gibbs_only = warmup_.settings().gibbs_only();
    parallel_for(samplers_.size(), options_.threads, [&](std::size_t i) {
        BatchSampler& sampler = samplers_[i];
        parallel_region(sampler.workers, [&](Worker& worker) {
            const RunStatus result = gibbs_only ? run_gibbs(worker, sampler, sweeps, output)
                                                : run_mix(worker, sampler, sweeps, output);
            if (worker.index() == 0) results[i] = result;
        });
    });
    const auto bad =
        std::find_if(results.begin(), results.end(), [](const RunStatus& r) { return !r.status.ok(); });
    return bad == results.end() ? RunStatus{} : *bad;
}

RunStatus Chains::run_gibbs(Worker& worker, BatchSampler& sampler, std::size_t sweeps, const Output& output) {
    ChainBatch& group = sampler.group;
    const Worker::Range own = worker.share(group.size());
    for (std::size_t sweep = 0; sweep < sweeps; ++sweep) {
        // The sweep's pass yields the log-likelihood of the states before it: lp is written one sweep late.
        const bool late = output.lp && sweep > 0;
        sampler.gibbs.run(worker, whitening_, group, late);
        for (std::size_t c = own.begin; c < own.end; ++c) {
            if (late) write_lp(group, c, sweep - 1, output.lp);
            write_coefficients(sampler, c, sweep, output);
            warmup_.record(group.first + c, sweeps_done_ + sweep, group.u[c], 1.0);
            write_no_trajectory(group.first + c, sweep, output);
        }
        if (const RunStatus result = outcome(worker, group, sweep); !result.status.ok()) return result;
    }
    if (!output.lp || sweeps == 0) return {};
    sampler.gibbs.evaluate(worker, whitening_, group);
    for (std::size_t c = own.begin; c < own.end; ++c) write_lp(group, c, sweeps - 1, output.lp);
    return outcome(worker, group, sweeps - 1);
}

RunStatus Chains::run_mix(Worker& worker, BatchSampler& sampler, std::size_t sweeps, const Output& output) {
    ChainBatch& group = sampler.group;
    bool evaluated = densities_known_;
    for (std::size_t sweep = 0; sweep < sweeps; ++sweep) {
        if (warmup_.settings().gibbs_at(sweeps_done_ + sweep)) {
            sampler.gibbs.run(worker, whitening_, group, false);
            if (const RunStatus result = outcome(worker, group, sweep); !result.status.ok()) return result;
            evaluated = false;
        }
        if (!evaluated) {
            group.evaluate(worker, whitening_);
            if (const RunStatus result = outcome(worker, group, sweep); !result.status.ok()) return result;
            evaluated = true;
        }
        move(worker, sampler, sweep, output);
    }
    return {};
}

void Chains::move(Worker& worker, BatchSampler& sampler, std::size_t sweep, const Output& output) {
    const SweepSettings& settings = warmup_.settings();
    ChainBatch& group = sampler.group;
    const Worker::Range own = worker.share(group.size());
    std::array<double, kBatchChains> acceptance{};
    for (std::size_t t = 0; t < settings.trajectories; ++t) {
        sampler.hmc.run(worker, whitening_, settings.hmc, group);
        for (std::size_t c = own.begin; c < own.end; ++c)
            acceptance[c] += sampler.hmc.info(c).acceptance / static_cast<double>(settings.trajectories);
    }
    for (std::size_t c = own.begin; c < own.end; ++c) {
        const std::size_t chain = group.first + c;
        write_coefficients(sampler, c, sweep, output);
        if (output.lp) write_lp(group, c, sweep, output.lp);
        warmup_.record(chain, sweeps_done_ + sweep, group.u[c], acceptance[c]);
        if (output.acceptance_rate) *output.acceptance_rate.at(chain, sweep) = acceptance[c];
        if (output.energy) *output.energy.at(chain, sweep) = sampler.hmc.info(c).energy;
    }
}

void Chains::write_coefficients(BatchSampler& sampler, std::size_t c, std::size_t sweep,
                                const Output& output) {
    const ChainBatch& group = sampler.group;
    Coefficients& made = sampler.coefficients[c];
    const std::size_t chain = group.first + c;
    double* beta = output.beta ? output.beta.at(chain, sweep) : made.beta.data();
    double free_part = 0.0;
    if (row_space_) {
        fill_normals(*group.bitgens[c], made.normals.data(), row_space_->size());
        whitening_.coefficients(group.u[c], made.z.data());
        free_part = row_space_->complete(made.z.data(), made.normals.data(), beta);
    } else if (output.beta) {
        whitening_.coefficients(group.u[c], beta);
    }
    if (output.lp) *output.lp.at(chain, sweep) = -free_part;
}

void Chains::write_lp(const ChainBatch& group, std::size_t c, std::size_t sweep, const OutputArray& lp) {
    *lp.at(group.first + c, sweep) += group.density[c].log_posterior;
}

Chains::State Chains::state() {
    return {u_, whitening_.centre(), whitening_.basis(), warmup_.save(), sweeps_done_};
}

bool Chains::set_state(const State& state) {
    const std::size_t k = whitening_.size();
    if (state.u.size() != u_.size() || state.centre.size() != k || state.basis.size() != k * k) return false;
    if (!warmup_.restore(state.warmup.data(), state.warmup.size(), state.sweeps_done)) return false;
    std::copy(state.u.begin(), state.u.end(), u_.begin());
    whitening_.assign(model_, state.centre.data(), state.basis.data());
    sweeps_done_ = state.sweeps_done;
    densities_known_ = false;
    return true;
}

}  // namespace polyagamma
