#include "mcmc/shrinkage_sampler.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace polyagamma {
namespace {

constexpr std::size_t kMostColumns = 500;  // of models that the surrogate is for
constexpr double kMostParts = 4.0;         // that local scales are proposed in
constexpr double kLeastAcceptance = 0.5;   // of surrogate transitions
constexpr double kMostAcceptance = 0.8;    // of those that are worth their parts
constexpr double kRowWork = 20.0;          // multiplications in the time of a row's likelihood

}  // namespace

bool ShrinkageSampler::suits(const LinearModel& model) {
    return model.prior.shrinkage() != nullptr && model.likelihood.polya_gamma() != nullptr &&
           model.likelihood.parameters().empty();
}

ShrinkageSampler::ShrinkageSampler(const LinearModel& model, std::vector<BitGen*> bitgens,
                                   const Options& options)
    : model_(model), options_(options), surrogate_(model_), windows_(bitgens.size()) {
    const LeapfrogSettings first = first_steps();
    settings_ = {0.0, first.step_size, static_cast<double>(first.steps), 1.0, 1.0};
    choose(Sweep::augmentation);
    chains_.reserve(bitgens.size());
    for (BitGen* bitgen : bitgens) chains_.emplace_back(model_, surrogate_, *bitgen);
}

ShrinkageMoves ShrinkageSampler::moves() const {
    return {{settings_[1], static_cast<std::size_t>(settings_[2])},
            static_cast<std::size_t>(settings_[3]),
            settings_[4] != 0.0};
}

std::vector<OutputShape> ShrinkageSampler::outputs() const {
    std::vector<OutputShape> shapes{{"beta", model_.size()}};
    for (const std::string& name : stats()) shapes.push_back({name, 0});
    shapes.push_back({"parameters", model_.likelihood.extras() + model_.prior.scales().size()});
    return shapes;
}

std::vector<std::string> ShrinkageSampler::stats() const {
    if (options_.kernel == TransitionKernel::gibbs) return {"lp"};
    return {"lp", "acceptance_rate", "acceptance_rate_scales"};
}

SamplerInfo ShrinkageSampler::info() const {
    if (sweep_kind() == Sweep::augmentation)
        return {{"kernel", "gibbs"}, {"scale_updates", "given coefficients"}};
    if (sweep_kind() == Sweep::collapsed) return {{"kernel", "gibbs"}, {"scale_updates", "collapsed"}};
    const ShrinkageMoves chosen = moves();
    return {{"kernel", "hmc"},
            {"scale_updates", "surrogate transition"},
            {"leapfrog_steps", chosen.leapfrog.steps},
            {"step_size", chosen.leapfrog.step_size},
            {"scale_parts", chosen.parts}};
}

Status ShrinkageSampler::start(const double* initial) {
    Status status;
    for (std::size_t c = 0; c < chains() && status.ok(); ++c) {
        const double* own = initial + c * initial_size();
        status = initial == nullptr ? chains_[c].start() : chains_[c].start_at(own, own + model_.size());
    }
    return status;
}

Status ShrinkageSampler::rebuild() {
    surrogate_.aggregate(model_);
    for (ShrinkageChain& chain : chains_)
        if (const Status status = chain.rebuild(); !status.ok()) return status;
    return {};
}

RunStatus ShrinkageSampler::advance(std::size_t share, SweepRange sweeps, const Outputs& outputs) {
    ShrinkageChain& chain = chains_[share];
    SurrogateWindow& window = windows_[share];
    const Places places{outputs["beta"], outputs["lp"], outputs["acceptance_rate"],
                        outputs["acceptance_rate_scales"], outputs["parameters"]};
    for (std::size_t sweep = 0; sweep < sweeps.count; ++sweep) {
        const bool learn = sweeps.first + sweep < options_.tune;
        ShrinkageSweep told;
        const Status status = make_sweep(chain, learn, told);
        if (!status.ok()) return {status, share, sweep};
        if (learn && options_.kernel != TransitionKernel::gibbs) {
            chain.see();
            window.add(told.trajectory, told.scales, told.groups);
        }
        store(share, sweep, told, places);
    }
    return {};
}

Status ShrinkageSampler::make_sweep(ShrinkageChain& chain, bool learn, ShrinkageSweep& told) const {
    if (sweep_kind() == Sweep::transition) return chain.move(moves(), learn, told);
    return chain.augment(sweep_kind() == Sweep::collapsed, told);
}

void ShrinkageSampler::store(std::size_t chain, std::size_t sweep, const ShrinkageSweep& told,
                             const Places& out) const {
    const ShrinkageChain& from = chains_[chain];
    if (out.beta) from.coefficients(out.beta.at(chain, sweep));
    if (out.log_density) *out.log_density.at(chain, sweep) = from.log_density();
    if (out.acceptance) *out.acceptance.at(chain, sweep) = told.trajectory;
    if (out.scales_acceptance) *out.scales_acceptance.at(chain, sweep) = told.scales;
    if (!out.parameters) return;
    const Vector scales = from.prior().scales();
    double* to = std::copy(from.extras().begin(), from.extras().end(), out.parameters.at(chain, sweep));
    std::copy(scales.begin(), scales.end(), to);
}

std::size_t ShrinkageSampler::left_in_window(std::uint64_t sweeps_done) const {
    return left_in_surrogate_window(options_.tune, sweeps_done);
}

// For each part of the local scales V and a factorisation, about k³ multiplications, and a pass without a
// gradient; for each group a factorisation and such a pass.
double ShrinkageSampler::work_besides() const {
    const double n = static_cast<double>(model_.likelihood.rows()), k = static_cast<double>(model_.size());
    const double cube = k * k * k / (n * (2.0 * k + kRowWork));
    return settings_[3] * (0.5 + cube) + static_cast<double>(model_.prior.groups()) * (0.5 + 0.2 * cube);
}

// The first window is data augmentation, which needs no surrogate; the last settles the steps only, since
// another surrogate might want others.
Status ShrinkageSampler::finish_window(std::uint64_t sweeps_done) {
    if (options_.kernel == TransitionKernel::gibbs || sweep_kind() == Sweep::collapsed) return {};
    const std::size_t n = model_.likelihood.rows(), k = model_.size();
    if (options_.kernel == TransitionKernel::automatic && (k > n || k > kMostColumns)) return {};
    const SurrogateWindow all = take_all(windows_);
    if (sweep_kind() == Sweep::transition) {
        settle(all);
        for (ShrinkageChain& chain : chains_) chain.columns().learn();
        if (sweeps_done == options_.tune) return {};
    } else {
        choose(Sweep::transition);
    }
    pool_surrogate();
    if (const Status status = rebuild(); !status.ok()) return status;
    pool_columns();
    return {};
}

// A trajectory of as many steps as promise most draws for the work of a sweep. Where transitions fail they
// are made in more parts, and then given up; where they hardly fail, in fewer. Where those of scales of
// groups fail, other moves help them out.
void ShrinkageSampler::settle(const SurrogateWindow& all) {
    const LeapfrogSettings fitted = most_effective_steps(moves().leapfrog, all.trajectories / all.sweeps,
                                                         kMostLeapfrogSteps, work_besides(), kLongerTurn);
    settings_[1] = fitted.step_size;
    settings_[2] = static_cast<double>(fitted.steps);
    settings_[4] = all.groups / all.sweeps < kLeastAcceptance ? 1.0 : 0.0;
    const double acceptance = all.scales / all.sweeps;
    if (acceptance > kMostAcceptance) settings_[3] = std::max(1.0, 0.5 * settings_[3]);
    if (!(acceptance < kLeastAcceptance)) return;
    if (settings_[3] < kMostParts) {
        settings_[3] *= 2.0;
    } else if (options_.kernel == TransitionKernel::automatic) {
        choose(Sweep::collapsed);
    }
}

void ShrinkageSampler::pool_surrogate() {
    std::vector<SeenRows*> seen;
    for (ShrinkageChain& chain : chains_) seen.push_back(&chain.seen());
    pool_rows(seen, model_.likelihood.rows(), surrogate_.rows);
}

// The mean over chains, each with its own scales.
void ShrinkageSampler::pool_columns() {
    for (Vector* part : {&surrogate_.columns.precision, &surrogate_.columns.linear})
        part->assign(part->size(), 0.0);
    for (ShrinkageChain& chain : chains_) chain.add_pseudo_data(surrogate_.columns);
    for (Vector* part : {&surrogate_.columns.precision, &surrogate_.columns.linear})
        for (double& value : *part) value /= static_cast<double>(chains());
}

State ShrinkageSampler::state() {
    return state_of_numbers([this](auto visitor) { visit(visitor); });
}

bool ShrinkageSampler::restore(const State& state, std::uint64_t) {
    const bool whole = restore_numbers(state, [this](auto visitor) { visit(visitor); });
    for (ShrinkageChain& chain : chains_)
        if (whole) chain.restored();
    return whole;
}

}  // namespace polyagamma
