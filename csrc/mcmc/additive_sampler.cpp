#include "mcmc/additive_sampler.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "random/normals.hpp"
#include "vi/additive_mode.hpp"

namespace polyagamma {
namespace {

constexpr double kRowWork = 20.0;         // multiplications in the time of a row in a pass
constexpr double kDear = 5.0;             // passes, of a factorisation that is better avoided
constexpr double kFirstScale = 0.5;       // of that of the prior
constexpr double kSpread = 0.3;           // of starting points, in θ
constexpr double kLeastAcceptance = 0.5;  // of surrogate transitions

}  // namespace

AdditiveSampler::AdditiveSampler(const AdditiveModel& model, std::vector<BitGen*> bitgens,
                                 const Options& options)
    : model_(model), options_(options), surrogate_(model), windows_(bitgens.size()) {
    const LeapfrogSettings first = first_steps();
    settings_ = {first.step_size, static_cast<double>(first.steps), 0.0};
    if (options.kernel == TransitionKernel::gibbs) {
        choose(Sweep::augmentation);
    } else if (passes_of_a_factor() > kDear) {
        choose(Sweep::anchored);
    }
    chains_.reserve(bitgens.size());
    for (BitGen* bitgen : bitgens) chains_.emplace_back(model, surrogate_, *bitgen);
    bitgens_ = std::move(bitgens);
}

std::vector<OutputShape> AdditiveSampler::outputs() const {
    std::vector<OutputShape> shapes;
    const std::vector<EffectBlock>& blocks = model_.prior.blocks();
    for (std::size_t k = 0; k < blocks.size(); ++k)
        shapes.push_back({"block" + std::to_string(k), blocks[k].size()});
    if (model_.prior.theta_size() > 0) shapes.push_back({"scales", model_.prior.theta_size()});
    if (model_.likelihood.extras() > 0) shapes.push_back({"extras", model_.likelihood.extras()});
    for (const std::string& name : stats()) shapes.push_back({name, 0});
    return shapes;
}

std::vector<std::string> AdditiveSampler::stats() const {
    return {"lp", "acceptance_rate", "acceptance_rate_scales"};
}

SamplerInfo AdditiveSampler::info() const {
    if (sweep_kind() == Sweep::augmentation) return {{"kernel", "gibbs"}, {"scale_updates", "collapsed"}};
    const LeapfrogSettings settings = leapfrog_settings();
    const std::string scales = sweep_kind() == Sweep::anchored ? "given effects" : "surrogate transition";
    return {{"kernel", "hmc"},
            {"scale_updates", scales},
            {"leapfrog_steps", settings.steps},
            {"step_size", settings.step_size}};
}

std::size_t AdditiveSampler::initial_size() const {
    return model_.design.size() + model_.prior.theta_size() + model_.likelihood.extras();
}

Status AdditiveSampler::start(const double* initial) {
    Vector theta(model_.prior.theta_size());
    const std::vector<EffectBlock>& blocks = model_.prior.blocks();
    for (std::size_t k = 0; k < blocks.size(); ++k)
        if (blocks[k].scales) blocks[k].scales->start(kFirstScale, &theta[model_.prior.first_theta(k)]);
    const std::unique_ptr<Likelihood> own = model_.likelihood.for_chain();
    const Vector extras(model_.likelihood.extras());
    Status status = additive_mode(model_, own ? *own : model_.likelihood, extras.data(), *bitgens_[0],
                                  surrogate_.rows, surrogate_.gram, theta);
    for (std::size_t c = 0; c < chains() && status.ok(); ++c)
        status = initial == nullptr ? start_at_random(c, theta) : start_at(c, initial + c * initial_size());
    return status;
}

Status AdditiveSampler::start_at_random(std::size_t chain, const Vector& centre) {
    Vector theta(centre.size());
    fill_normals(*bitgens_[chain], theta.data(), theta.size());
    for (std::size_t j = 0; j < theta.size(); ++j) theta[j] = centre[j] + kSpread * theta[j];
    return chains_[chain].start(theta);
}

Status AdditiveSampler::start_at(std::size_t chain, const double* initial) {
    const std::vector<EffectBlock>& blocks = model_.prior.blocks();
    Vector x(model_.design.size()), theta(model_.prior.theta_size());
    const double* given = initial;
    for (std::size_t k = 0; k < blocks.size(); given += blocks[k++].size())
        std::copy_n(given, blocks[k].size(), x.data() + model_.prior.first(k));
    if (!model_.prior.from_natural(given, theta.data())) return {Status::Kind::not_finite, x.size()};
    return chains_[chain].start_at(x.data(), theta.data(), given + theta.size());
}

Status AdditiveSampler::rebuild() {
    surrogate_.aggregate();
    for (AdditiveChain& chain : chains_)
        if (const Status status = chain.rebuild(); !status.ok()) return status;
    return {};
}

RunStatus AdditiveSampler::advance(std::size_t share, SweepRange sweeps, const Outputs& outputs) {
    AdditiveChain& chain = chains_[share];
    SurrogateWindow& window = windows_[share];
    const bool learn = sweeps.first < options_.tune;
    const Places places = places_of(outputs);
    for (std::size_t sweep = 0; sweep < sweeps.count; ++sweep) {
        AdditiveSweep told;
        const Status status = make_sweep(chain, learn, told);
        if (!status.ok()) return {status, share, sweep};
        if (learn && sweep_kind() != Sweep::augmentation) {
            chain.see_rows();
            window.add(told.acceptance, told.scales_acceptance);
        }
        store(share, sweep, told, places);
    }
    return {};
}

Status AdditiveSampler::make_sweep(AdditiveChain& chain, bool learn, AdditiveSweep& told) const {
    switch (sweep_kind()) {
        case Sweep::augmentation:
            return chain.augment(learn, told);
        case Sweep::anchored:
            return chain.move_anchored(leapfrog_settings(), learn, told);
        case Sweep::transition:
            break;
    }
    return chain.move_with_scales(leapfrog_settings(), learn, told);
}

AdditiveSampler::Places AdditiveSampler::places_of(const Outputs& outputs) const {
    Places places{{},
                  outputs["scales"],
                  outputs["extras"],
                  outputs["lp"],
                  outputs["acceptance_rate"],
                  outputs["acceptance_rate_scales"]};
    for (std::size_t k = 0; k < model_.prior.blocks().size(); ++k)
        places.blocks.push_back(outputs["block" + std::to_string(k)]);
    return places;
}

void AdditiveSampler::store(std::size_t chain, std::size_t sweep, const AdditiveSweep& told,
                            const Places& out) const {
    const AdditiveChain& from = chains_[chain];
    for (std::size_t k = 0; k < out.blocks.size(); ++k)
        if (out.blocks[k])
            std::copy_n(from.x().data() + model_.prior.first(k), model_.prior.blocks()[k].size(),
                        out.blocks[k].at(chain, sweep));
    if (out.scales) model_.prior.to_natural(from.theta().data(), out.scales.at(chain, sweep));
    if (out.extras) std::copy(from.extras().begin(), from.extras().end(), out.extras.at(chain, sweep));
    if (out.log_density) *out.log_density.at(chain, sweep) = from.log_density();
    if (out.acceptance) *out.acceptance.at(chain, sweep) = told.acceptance;
    if (out.scales_acceptance) *out.scales_acceptance.at(chain, sweep) = told.scales_acceptance;
}

std::size_t AdditiveSampler::left_in_window(std::uint64_t sweeps_done) const {
    return left_in_surrogate_window(options_.tune, sweeps_done);
}

double AdditiveSampler::passes_of_a_factor() const {
    return ArrowFactor::work(model_.design) / (kRowWork * static_cast<double>(model_.design.rows()));
}

double AdditiveSampler::work_besides() const {
    if (sweep_kind() == Sweep::anchored) return 1.0;
    return 1.0 + static_cast<double>(AdditiveChain::kInnerSteps) * passes_of_a_factor();
}

// The last window settles the steps only: another surrogate might want others. The first does not judge the
// surrogate, which is that of the mode: transitions that fail with it may do well with one from draws.
Status AdditiveSampler::finish_window(std::uint64_t sweeps_done) {
    if (sweep_kind() == Sweep::augmentation) return {};
    const SurrogateWindow all = take_all(windows_);
    const LeapfrogSettings fitted =
        most_effective_steps(leapfrog_settings(), all.trajectories / all.sweeps, kMostLeapfrogSteps,
                             work_besides(), kLongerTurn, false);
    settings_[0] = fitted.step_size;
    settings_[1] = static_cast<double>(fitted.steps);
    const bool judged = 4 * sweeps_done >= options_.tune;
    if (judged && sweep_kind() == Sweep::transition && options_.kernel == TransitionKernel::automatic &&
        model_.likelihood.polya_gamma() != nullptr && all.scales / all.sweeps < kLeastAcceptance)
        choose(Sweep::augmentation);
    if (sweeps_done == options_.tune) return {};
    pool_surrogate();
    surrogate_.aggregate();
    return anchor_chains();
}

// Anchored chains have the same anchor, the mean of where they are, in natural units: that of logarithms
// would be near zero if a single chain was, in coordinates that no effect can leave.
Status AdditiveSampler::anchor_chains() {
    const std::size_t size = model_.prior.theta_size();
    Vector natural(size), mean(size), anchor(size);
    for (const AdditiveChain& chain : chains_) {
        model_.prior.to_natural(chain.theta().data(), natural.data());
        for (std::size_t j = 0; j < size; ++j) mean[j] += natural[j] / static_cast<double>(chains());
    }
    const bool shared =
        sweep_kind() == Sweep::anchored && model_.prior.from_natural(mean.data(), anchor.data());
    for (AdditiveChain& chain : chains_)
        if (const Status status = chain.anchor_at(shared ? anchor : chain.theta()); !status.ok())
            return status;
    return {};
}

void AdditiveSampler::pool_surrogate() {
    std::vector<SeenRows*> seen;
    for (AdditiveChain& chain : chains_) seen.push_back(&chain.seen());
    pool_rows(seen, model_.design.rows(), surrogate_.rows);
}

State AdditiveSampler::state() {
    return state_of_numbers([this](auto visitor) { visit(visitor); });
}

bool AdditiveSampler::restore(const State& state, std::uint64_t) {
    return restore_numbers(state, [this](auto visitor) { visit(visitor); });
}

}  // namespace polyagamma
