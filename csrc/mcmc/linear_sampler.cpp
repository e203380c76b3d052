#include "mcmc/linear_sampler.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "linalg/dense.hpp"
#include "mcmc/starting_points.hpp"
#include "random/normals.hpp"
#include "terms/row_partition.hpp"
#include "vi/extra_profile.hpp"
#include "vi/linear_mode.hpp"

namespace polyagamma {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// How a sweep of all chains went; all workers take part.
RunStatus outcome(Worker& worker, const ChainBatch& batch, std::size_t sweep = 0) {
    const std::size_t failed = batch.first_failure(worker);
    return failed == batch.size() ? RunStatus{}
                                  : RunStatus{batch.status[failed], batch.first + failed, sweep};
}

}  // namespace

LinearSampler::Share::Share(LinearSampler& all, std::size_t first, std::size_t chains, std::size_t threads)
    : workers(threads),
      batch(all.models_, first, all.bitgens_.data(), all.u_.data(), all.whitening_.size(), chains, threads),
      gibbs(all.model_.likelihood.polya_gamma()
                ? std::make_unique<GibbsUpdate>(batch, all.whitening_.size(), threads)
                : nullptr),
      class_gibbs(all.augments_by_class()
                      ? std::make_unique<ClassGibbsUpdate>(batch, all.priors(first, chains), threads)
                      : nullptr),
      hmc(batch, all.whitening_.size(), threads, all.warmup_.schedule()),
      coefficients(chains,
                   {Vector(all.coefficients()), Vector(all.whitening_.size()), Vector(all.coefficients())}) {}

LinearSampler::LinearSampler(const LinearModel& model, const RowSpaceModel* row_space,
                             std::vector<BitGen*> bitgens, const Options& options)
    : model_(model),
      row_space_(row_space),
      kernel_(options.kernel),
      bitgens_(std::move(bitgens)),
      whitening_(model),
      warmup_(options.kernel, model.likelihood.polya_gamma() != nullptr || augments_by_class(), options.tune,
              model.design.n, whitening_.size(), bitgens_.size(),
              model.likelihood.coupled() ? kLongerTurn : kQuarterTurn),
      u_(bitgens_.size() * whitening_.size()) {
    for (std::size_t c = 0; c < chains(); ++c) models_.emplace_back(model, whitening_);
    make_shares(std::max<std::size_t>(1, options.threads));
}

// Threads share the rows, for chains in lockstep read the data once for all; where the rows are too few they
// share out batches of chains.
void LinearSampler::make_shares(std::size_t threads) {
    const std::size_t strips = RowPartition::for_vectors(model_.design.n).count();
    const std::size_t fewest = (chains() + kBatchChains - 1) / kBatchChains;
    const std::size_t count = std::clamp((threads + strips - 1) / strips, fewest, chains());
    for (std::size_t g = 0; g < count; ++g) {
        const std::size_t first = g * chains() / count;
        batches_.emplace_back(*this, first, (g + 1) * chains() / count - first,
                              std::max<std::size_t>(1, threads / count));
    }
}

std::vector<OutputShape> LinearSampler::outputs() const {
    std::vector<OutputShape> all{
        {"beta", coefficients() - extras()}, {"lp", 0}, {"acceptance_rate", 0}, {"energy", 0}};
    if (const std::size_t own = extras() + models_.front().parameters().size(); own > 0)
        all.push_back({"parameters", own});
    return all;
}

std::vector<std::string> LinearSampler::stats() const {
    if (kernel_ == TransitionKernel::gibbs) return {"lp"};
    return {"lp", "acceptance_rate", "energy"};
}

SamplerInfo LinearSampler::info() const {
    if (kernel_ == TransitionKernel::gibbs) return {{"kernel", "gibbs"}};
    const LinearSchedule& chosen = schedule();
    const WarmupReport& found = report();
    const char* name = chosen.gibbs_only() ? "gibbs" : chosen.gibbs_every == 0 ? "hmc" : "hmc+gibbs";
    SamplerInfo all{{"kernel", name},
                    {"leapfrog_steps", chosen.hmc.steps},
                    {"step_size", chosen.hmc.step_size},
                    {"trajectories", chosen.trajectories},
                    {"gibbs_every", chosen.gibbs_every},
                    {"warmup_acceptance_rate", found.acceptance},
                    {"shrinkage", found.shrinkage},
                    {"gibbs_autocorrelation", found.gibbs_autocorrelation},
                    {"hmc_autocorrelation", found.hmc_autocorrelation},
                    {"gibbs_efficiency", found.gibbs_efficiency},
                    {"hmc_efficiency", found.hmc_efficiency}};
    if (model_.likelihood.predictors() > 1) all.push_back({"metric", "full"});
    return all;
}

Status LinearSampler::start(const double* initial) {
    forget_densities();
    const std::size_t k = whitening_.size();
    for (std::size_t c = 0; initial != nullptr && c < chains(); ++c) {
        const double* beta = initial + c * coefficients();
        if (row_space_) {
            row_space_->reduce(beta, &u_[c * k]);
        } else {
            std::copy(beta, beta + k, &u_[c * k]);
        }
    }
    if (initial != nullptr && kernel_ == TransitionKernel::gibbs) return {};
    if (const Status status = move_to_mode(); !status.ok()) return status;
    for (std::size_t c = 0; initial == nullptr && c < chains(); ++c)
        fill_normals(*bitgens_[c], &u_[c * k], k);
    for (std::size_t c = 0; initial == nullptr && k >= kManyCoordinates && c < chains(); ++c)
        approach_mode(whitening_, models_[c].posterior(), &u_[c * k]);
    if (augments_by_class()) move_to_coefficients();
    return {};
}

void LinearSampler::move_to_coefficients() {
    const std::size_t k = whitening_.size();
    for (std::size_t c = 0; c < chains(); ++c) {
        const Vector u(&u_[c * k], &u_[c * k] + k);
        whitening_.coefficients(u.data(), &u_[c * k]);
    }
    whitening_.reset(model_);
    for (ChainModel& one : models_) one.whiten(whitening_);
}

std::vector<const GaussianPrior*> LinearSampler::priors(std::size_t first, std::size_t count) {
    std::vector<const GaussianPrior*> all;
    for (std::size_t c = first; c < first + count; ++c)
        all.push_back(models_[c].prior() ? &models_[c].prior()->conditional() : &model_.prior.conditional());
    return all;
}

// To the coordinates of the Laplace approximation, the likelihood's extra warped if it is skewed.
Status LinearSampler::move_to_mode() {
    const std::size_t k = whitening_.size();
    Mode mode;
    if (const Status status = find_mode(whitening_, model_.likelihood, mode); !status.ok()) return status;
    if (const std::optional<Warp> warp = warp_at(mode)) {
        set_warp(*warp);
        for (std::size_t c = 0; c < chains(); ++c) u_[(c + 1) * k - 1] = warp->inverse(u_[(c + 1) * k - 1]);
        const Status status = find_mode(whitening_, *models_.front().posterior().likelihood, mode);
        if (!status.ok()) return status;
    }
    clear_upper(mode.cholesky.data(), k);
    Metric metric{std::move(mode.u), std::move(mode.cholesky), identity(k)};
    for (std::size_t c = 0; c < chains(); ++c) metric.transform(model_.blas, &u_[c * k]);
    Vector basis(k * k);
    metric.basis(model_.blas, basis.data());
    whitening_.move(model_, metric.centre.data(), basis.data());
    for (ChainModel& one : models_) one.whiten(whitening_);
    return {};
}

std::optional<Warp> LinearSampler::warp_at(const Mode& mode) const {
    if (model_.likelihood.warp() == nullptr) return {};
    return find_warp(whitening_, model_.likelihood, mode);
}

void LinearSampler::set_warp(const Warp& warp) {
    for (ChainModel& one : models_) one.likelihood()->set_warp(warp);
}

// As they are told, and the logarithm of the derivative of what was warped.
double LinearSampler::extras_of(const ChainBatch& batch, std::size_t c, double* values) const {
    whitening_.last_coefficients(batch.u[c], extras(), values);
    const Warp* warp = batch.models[c]->posterior().likelihood->warp();
    if (warp == nullptr) return 0.0;
    const NaturalSpline::Value warped = warp->at(*values);
    *values = warped.value;
    return std::log(warped.slope);
}

Status LinearSampler::finish_window(std::uint64_t sweeps_done) {
    forget_densities();
    return warmup_.finish_window(sweeps_done, model_, whitening_, u_.data(), models_);
}

void LinearSampler::forget_densities() {
    for (Share& share : batches_) share.densities_known = false;
}

// Whether a sweep is data augmentation and nothing else.
bool LinearSampler::only_augments() const {
    return schedule().gibbs_only() && !augments_by_class() && extras() == 0 &&
           models_.front().parameters().empty();
}

RunStatus LinearSampler::advance(std::size_t index, SweepRange sweeps, const Outputs& outputs) {
    Share& share = batches_[index];
    const Arrays out{outputs["beta"], outputs["lp"], outputs["acceptance_rate"], outputs["energy"],
                     outputs["parameters"]};
    RunStatus result;
    parallel_region(share.workers, [&](Worker& worker) {
        const RunStatus own = only_augments() ? run_gibbs(worker, share, sweeps, out)
                                              : run_schedule(worker, share, sweeps, out);
        if (worker.index() == 0) result = own;
    });
    share.densities_known = result.status.ok() && !only_augments();
    return result;
}

RunStatus LinearSampler::run_gibbs(Worker& worker, Share& share, SweepRange sweeps, const Arrays& out) {
    ChainBatch& batch = share.batch;
    const Worker::Range own = worker.share(batch.size());
    for (std::size_t sweep = 0; sweep < sweeps.count; ++sweep) {
        // The sweep's pass yields the log-likelihood of the states before it: lp is written one sweep late.
        const bool late = out.lp && sweep > 0;
        share.gibbs->run(worker, whitening_, batch, late);
        for (std::size_t c = own.begin; late && c < own.end; ++c) write_lp(batch, c, sweep - 1, out.lp);
        finish_sweep(worker, share, sweeps, sweep, out);
        if (const RunStatus result = outcome(worker, batch, sweep); !result.status.ok()) return result;
    }
    if (!out.lp || sweeps.count == 0) return {};
    share.gibbs->evaluate(worker, whitening_, batch);
    for (std::size_t c = own.begin; c < own.end; ++c) write_lp(batch, c, sweeps.count - 1, out.lp);
    return outcome(worker, batch, sweeps.count - 1);
}

RunStatus LinearSampler::run_schedule(Worker& worker, Share& share, SweepRange sweeps, const Arrays& out) {
    bool known = share.densities_known;
    const std::vector<Update*> complete = updates(share, true), others = updates(share, false);
    for (std::size_t sweep = 0; sweep < sweeps.count; ++sweep) {
        RunStatus result;
        for (Update* update : schedule().gibbs_at(sweeps.first + sweep) ? complete : others) {
            result = run_update(worker, share, *update, known);
            if (!result.status.ok()) break;
        }
        if (result.status.ok()) result = evaluate(worker, share, known);
        result.sweep = sweep;
        if (!result.status.ok()) return result;
        const Worker::Range own = worker.share(share.batch.size());
        finish_sweep(worker, share, sweeps, sweep, out);
        for (std::size_t c = own.begin; out.lp && c < own.end; ++c) write_lp(share.batch, c, sweep, out.lp);
    }
    return {};
}

std::vector<Update*> LinearSampler::updates(Share& share, bool augmented) const {
    std::vector<Update*> due;
    const Likelihood* likelihood = share.batch.models.front()->likelihood();
    if (likelihood && !likelihood->parameters().empty()) due.push_back(&share.parameters);
    if (augmented && augments_by_class()) due.push_back(share.class_gibbs.get());
    if (augmented && !augments_by_class()) due.push_back(share.gibbs.get());
    if (share.batch.models.front()->prior()) due.push_back(&share.scales);
    due.insert(due.end(), schedule().trajectories, &share.hmc);
    return due;
}

RunStatus LinearSampler::run_update(Worker& worker, Share& share, Update& update, bool& known) const {
    if (update.needs_densities()) {
        if (const RunStatus result = evaluate(worker, share, known); !result.status.ok()) return result;
    }
    update.run(worker, whitening_, share.batch);
    if (update.keeps_densities()) return {};
    known = false;
    return outcome(worker, share.batch);
}

// The densities, if they are not known.
RunStatus LinearSampler::evaluate(Worker& worker, Share& share, bool& known) const {
    if (std::exchange(known, true)) return {};
    share.batch.evaluate(worker, whitening_);
    return outcome(worker, share.batch);
}

void LinearSampler::finish_sweep(Worker& worker, Share& share, SweepRange sweeps, std::size_t sweep,
                                 const Arrays& out) {
    ChainBatch& batch = share.batch;
    const bool moved = !schedule().gibbs_only();
    const Worker::Range own = worker.share(batch.size());
    for (std::size_t c = own.begin; c < own.end; ++c) {
        const std::size_t chain = batch.first + c;
        const UpdateInfo info = std::exchange(batch.info[c], {});
        write_coefficients(share, c, sweep, out);
        warmup_.record(chain, sweeps.first + sweep, batch.u[c], moved ? info.acceptance : 1.0);
        if (out.acceptance_rate) *out.acceptance_rate.at(chain, sweep) = moved ? info.acceptance : kNone;
        if (out.energy) *out.energy.at(chain, sweep) = moved ? info.energy : kNone;
        if (!out.parameters) continue;
        const Vector own_parameters = batch.models[c]->parameters();
        double* to = out.parameters.at(chain, sweep);
        extras_of(batch, c, to);
        std::copy(own_parameters.begin(), own_parameters.end(), to + extras());
    }
}

void LinearSampler::write_coefficients(Share& share, std::size_t c, std::size_t sweep, const Arrays& out) {
    const ChainBatch& batch = share.batch;
    Coefficients& made = share.coefficients[c];
    const std::size_t chain = batch.first + c;
    const bool direct = out.beta && extras() == 0;
    double* beta = direct ? out.beta.at(chain, sweep) : made.beta.data();
    double free_part = 0.0;
    if (row_space_) {
        fill_normals(*batch.bitgens[c], made.normals.data(), row_space_->size());
        whitening_.coefficients(batch.u[c], made.z.data());
        free_part = row_space_->complete(made.z.data(), made.normals.data(), beta);
    } else if (out.beta) {
        whitening_.coefficients(batch.u[c], beta);
        if (!direct) std::copy_n(beta, coefficients() - extras(), out.beta.at(chain, sweep));
    }
    if (out.lp) *out.lp.at(chain, sweep) = -free_part;
}

void LinearSampler::write_lp(const ChainBatch& batch, std::size_t c, std::size_t sweep,
                             const OutputArray& lp) const {
    Vector values(extras());
    const double of_warp = extras_of(batch, c, values.data());
    *lp.at(batch.first + c, sweep) +=
        batch.density[c].log_posterior + batch.models[c]->log_density() - of_warp;
}

State LinearSampler::state() {
    State parts{{"u", u_},
                {"centre", whitening_.centre()},
                {"basis", whitening_.basis()},
                {"warmup", warmup_.save()}};
    const Warp* warp = models_.front().posterior().likelihood->warp();
    if (warp != nullptr && !warp->values().empty()) parts["warp"] = warp->values();
    if (models_.front().parameters().empty()) return parts;
    Vector& all = parts["parameters"];
    for (const ChainModel& one : models_) {
        const Vector own = one.parameters();
        all.insert(all.end(), own.begin(), own.end());
    }
    return parts;
}

bool LinearSampler::restore(const State& state, std::uint64_t sweeps_done) {
    const std::size_t k = whitening_.size(), own = models_.front().parameters().size();
    const std::vector<std::pair<const char*, std::size_t>> sizes{
        {"u", u_.size()}, {"centre", k}, {"basis", k * k}, {"parameters", own * chains()}};
    const auto part = [&](const char* name) {
        const auto found = state.find(name);
        return found == state.end() ? Vector() : found->second;
    };
    for (const auto& [name, size] : sizes)
        if (part(name).size() != size) return false;
    const Vector warped = part("warp");
    const std::optional<Warp> warp = warped.empty() ? Warp() : Warp::through(warped);
    const bool warps = model_.likelihood.warp() != nullptr;
    if (!warp || (!warped.empty() && !warps)) return false;
    if (warps) set_warp(*warp);
    const Vector warmup = part("warmup"), u = part("u"), parameters = part("parameters");
    if (!warmup_.restore(warmup.data(), warmup.size(), sweeps_done)) return false;
    std::copy(u.begin(), u.end(), u_.begin());
    whitening_.assign(model_, part("centre").data(), part("basis").data());
    for (std::size_t c = 0; c < chains(); ++c) {
        models_[c].set_parameters(Vector(parameters.data() + c * own, parameters.data() + (c + 1) * own));
        models_[c].whiten(whitening_);
    }
    forget_densities();
    return true;
}

}  // namespace polyagamma
