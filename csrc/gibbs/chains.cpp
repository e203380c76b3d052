#include "gibbs/chains.hpp"

#include <algorithm>
#include <limits>

#include "gibbs/mode.hpp"
#include "gibbs/normals.hpp"
#include "gibbs/parallel.hpp"
#include "linalg/dense.hpp"

namespace polyagamma {

Chains::Worker::Worker(const Rows& rows, std::size_t k, std::size_t first, std::size_t chains,
                       std::size_t coefficients, unsigned threads, BitGen* const* bitgens, double* u)
    : team(threads),
      group(rows, k, first, bitgens, u, chains, team),
      gibbs(rows, k, chains, team),
      hmc(rows, k, chains, team),
      info(chains),
      acceptance(chains),
      normals(chains, Vector(coefficients)),
      z(chains, Vector(k)),
      beta(chains, Vector(coefficients)) {}

namespace {

void write_no_trajectory(std::size_t chain, std::size_t sweep, const Output& output) {
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    if (output.acceptance_rate) *output.acceptance_rate.at(chain, sweep) = kNone;
    if (output.energy) *output.energy.at(chain, sweep) = kNone;
}

}  // namespace

Chains::Chains(const Model& model, const WideModel* wide, std::vector<BitGen*> bitgens,
               const ChainsOptions& options)
    : model_(model),
      wide_(wide),
      options_(options),
      bitgens_(std::move(bitgens)),
      coordinates_(model),
      warmup_(options.kernel, options.tune, model.rows.n, coordinates_.size(), bitgens_.size()),
      u_(bitgens_.size() * coordinates_.size()) {
    make_workers();
}

// Threads go over rows where there are enough of them, for chains in lockstep read the data once for all;
// over groups of chains otherwise.
void Chains::make_workers() {
    const std::size_t threads = std::max(1u, options_.threads);
    const bool many_rows = RowStrips::for_matrices(model_.rows.n, coordinates_.size()).count() > 1;
    const std::size_t fewest = (size() + kGroupChains - 1) / kGroupChains;
    const std::size_t groups = many_rows ? fewest : std::max(fewest, std::min(threads, size()));
    for (std::size_t g = 0; g < groups; ++g) {
        const std::size_t first = g * size() / groups;
        const std::size_t count = (g + 1) * size() / groups - first;
        const auto row_threads =
            static_cast<unsigned>(many_rows ? std::max<std::size_t>(1, threads / groups) : 1);
        workers_.emplace_back(model_.rows, coordinates_.size(), first, count, coefficients(), row_threads,
                              bitgens_.data(), u_.data());
    }
}

Status Chains::start(const double* initial) {
    const std::size_t k = coordinates_.size();
    for (std::size_t c = 0; initial != nullptr && c < size(); ++c) {
        const double* beta = initial + c * coefficients();
        if (wide_) {
            wide_->reduce(beta, &u_[c * k]);
        } else {
            std::copy(beta, beta + k, &u_[c * k]);
        }
    }
    if (initial != nullptr && options_.kernel == KernelChoice::gibbs) return {};
    if (const Status status = move_to_mode(); !status.ok()) return status;
    for (std::size_t c = 0; initial == nullptr && c < size(); ++c) fill_normals(*bitgens_[c], &u_[c * k], k);
    return {};
}

// To the coordinates of the Laplace approximation.
Status Chains::move_to_mode() {
    const std::size_t k = coordinates_.size();
    Mode mode;
    if (const Status status = find_mode(coordinates_, model_.rows, mode); !status.ok()) return status;
    clear_upper(mode.cholesky.data(), k);
    Metric metric{std::move(mode.u), std::move(mode.cholesky), identity(k)};
    for (std::size_t c = 0; c < size(); ++c) metric.transform(model_.blas, &u_[c * k]);
    Vector basis(k * k);
    metric.basis(model_.blas, basis.data());
    coordinates_.move(model_, metric.centre.data(), basis.data());
    return {};
}

RunStatus Chains::run(std::size_t sweeps, const Output& output) {
    for (std::size_t done = 0; done < sweeps;) {
        const std::size_t left = warmup_.left_in_window(sweeps_done_);
        const std::size_t now = left == 0 ? sweeps - done : std::min(left, sweeps - done);
        RunStatus result = run_window(now, output.from(done));
        result.sweep += done;
        if (!result.status.ok()) return result;
        done += now;
        sweeps_done_ += now;
        const Status status = warmup_.finish_window(sweeps_done_, model_, coordinates_, u_.data());
        if (!status.ok()) return {status, 0, done};
    }
    return {};
}

RunStatus Chains::run_window(std::size_t sweeps, const Output& output) {
    std::vector<RunStatus> results(workers_.size());
    const bool gibbs_only = warmup_.settings().gibbs_only();
    parallel_for(workers_.size(), options_.threads, [&](std::size_t i) {
        Worker& worker = workers_[i];
        worker.group.evaluated = false;
        worker.team.start();
        results[i] = gibbs_only ? run_gibbs(worker, sweeps, output) : run_mix(worker, sweeps, output);
        worker.team.stop();
    });
    const auto bad =
        std::find_if(results.begin(), results.end(), [](const RunStatus& r) { return !r.status.ok(); });
    return bad == results.end() ? RunStatus{} : *bad;
}

RunStatus Chains::run_gibbs(Worker& worker, std::size_t sweeps, const Output& output) {
    Group& group = worker.group;
    for (std::size_t sweep = 0; sweep < sweeps; ++sweep) {
        // The sweep's pass yields the log-likelihood of the states before it: lp is written one sweep late.
        std::size_t failed = 0;
        const Status status = worker.gibbs.run(coordinates_, group, output.lp && sweep > 0, failed);
        if (output.lp && sweep > 0) write_lp(group, sweep - 1, output.lp);
        if (!status.ok()) return {status, group.first + failed, sweep};
        write_coefficients(worker, sweep, output);
        for (std::size_t c = 0; c < group.size(); ++c) {
            warmup_.record(group.first + c, sweeps_done_ + sweep, group.u[c], 1.0);
            write_no_trajectory(group.first + c, sweep, output);
        }
    }
    if (output.lp && sweeps > 0) {
        worker.gibbs.evaluate(coordinates_, group);
        const Status status = check_finite(group.log_density.data(), group.size());
        if (!status.ok()) return {status, group.first + status.index, sweeps - 1};
        write_lp(group, sweeps - 1, output.lp);
    }
    return {};
}

RunStatus Chains::run_mix(Worker& worker, std::size_t sweeps, const Output& output) {
    Group& group = worker.group;
    for (std::size_t sweep = 0; sweep < sweeps; ++sweep) {
        if (const RunStatus result = advance(worker, sweep); !result.status.ok()) return result;
        write_coefficients(worker, sweep, output);
        if (output.lp) write_lp(group, sweep, output.lp);
        for (std::size_t c = 0; c < group.size(); ++c) {
            const std::size_t chain = group.first + c;
            warmup_.record(chain, sweeps_done_ + sweep, group.u[c], worker.acceptance[c]);
            if (output.acceptance_rate) *output.acceptance_rate.at(chain, sweep) = worker.acceptance[c];
            if (output.energy) *output.energy.at(chain, sweep) = worker.info[c].energy;
        }
    }
    return {};
}

// One sweep of both kernels.
RunStatus Chains::advance(Worker& worker, std::size_t sweep) {
    const SweepSettings& settings = warmup_.settings();
    Group& group = worker.group;
    if (settings.gibbs_at(sweeps_done_ + sweep)) {
        std::size_t failed = 0;
        const Status status = worker.gibbs.run(coordinates_, group, false, failed);
        if (!status.ok()) return {status, group.first + failed, sweep};
    }
    if (const Status status = group.evaluate(coordinates_); !status.ok()) {
        return {status, group.first + status.index, sweep};
    }
    std::fill(worker.acceptance.begin(), worker.acceptance.end(), 0.0);
    for (std::size_t t = 0; t < settings.trajectories; ++t) {
        worker.hmc.run(coordinates_, settings.hmc, group, worker.info.data());
        for (std::size_t c = 0; c < group.size(); ++c) {
            worker.acceptance[c] += worker.info[c].acceptance / static_cast<double>(settings.trajectories);
        }
    }
    return {};
}

void Chains::write_coefficients(Worker& worker, std::size_t sweep, const Output& output) {
    Group& group = worker.group;
    worker.team.run_chains(group.size(), coordinates_.size(), [&](std::size_t c) {
        double* beta = output.beta ? output.beta.at(group.first + c, sweep) : worker.beta[c].data();
        double free_part = 0.0;
        if (wide_) {
            double* normals = worker.normals[c].data();
            double* z = worker.z[c].data();
            fill_normals(*group.bitgens[c], normals, wide_->size());
            coordinates_.coefficients(group.u[c], z);
            free_part = wide_->complete(z, normals, beta);
        } else if (output.beta) {
            coordinates_.coefficients(group.u[c], beta);
        }
        if (output.lp) *output.lp.at(group.first + c, sweep) = -free_part;
    });
}

void Chains::write_lp(const Group& group, std::size_t sweep, const OutputArray& lp) {
    for (std::size_t c = 0; c < group.size(); ++c) *lp.at(group.first + c, sweep) += group.log_density[c];
}

Chains::State Chains::state() {
    return {u_, coordinates_.centre(), coordinates_.basis(), warmup_.save(), sweeps_done_};
}

bool Chains::set_state(const State& state) {
    const std::size_t k = coordinates_.size();
    if (state.u.size() != u_.size() || state.centre.size() != k || state.basis.size() != k * k) return false;
    if (!warmup_.restore(state.warmup.data(), state.warmup.size(), state.sweeps_done)) return false;
    std::copy(state.u.begin(), state.u.end(), u_.begin());
    coordinates_.assign(model_, state.centre.data(), state.basis.data());
    sweeps_done_ = state.sweeps_done;
    return true;
}

}  // namespace polyagamma
