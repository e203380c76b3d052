#include "mcmc/noncentered_sampler.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "linalg/dense.hpp"
#include "mcmc/column_exchange.hpp"
#include "mcmc/coordinate_scales.hpp"
#include "mcmc/split_hmc.hpp"
#include "random/normals.hpp"
#include "simd/model_loops.hpp"

namespace polyagamma {
namespace {

constexpr double kTargetAcceptance = 0.8;
constexpr double kMostSteps = 250.0;
constexpr double kMostStepsAtFirst = 30.0;
constexpr std::size_t kFirstSweeps = 50;  // short trajectories until the metric is known
constexpr double kPriorDraws = 5.0;       // that the metric of before counts for
constexpr double kLeastDraws = 10.0;      // of a window, for a mean of its coordinates
// Where scales are sampled, this share of the trajectories takes steps shorter by that factor: curvature
// varies with the scales, and a chain that comes to where it is high is to leave that place, too.
constexpr double kCautious = 0.5, kCaution = 0.5;

std::unique_ptr<const CoordinateMove> move_between_trajectories(const Blas& blas, const ProductDesign& design,
                                                                const NoncenteredShrinkage* prior) {
    if (design.sparse() != nullptr) return CoordinateScales::make(*design.sparse(), prior);
    return ColumnExchange::make(blas, design.by_column(), design.likelihood(), prior);
}

}  // namespace

struct NoncenteredSampler::Arrays {
    OutputArray beta, lp, acceptance_rate, energy, parameters;
};

NoncenteredSampler::NoncenteredSampler(std::shared_ptr<const ProductDesign> design,
                                       std::shared_ptr<NoncenteredPrior> prior, const Blas& blas,
                                       std::vector<BitGen*> bitgens, std::size_t tune, std::size_t threads)
    : design_(std::move(design)),
      prior_(std::move(prior)),
      blas_(blas),
      bitgens_(std::move(bitgens)),
      extras_(design_->likelihood().extras()),
      size_(prior_->size() + extras_),
      tune_(tune),
      metric_(size_),
      between_(move_between_trajectories(blas_, *design_, prior_->shrinkage())) {
    for (BitGen* bitgen : bitgens_)
        chains_.emplace_back(size_, design_->coefficients(), prior_->workspace(), *bitgen);
    const std::size_t count = (chains() + kBatchChains - 1) / kBatchChains;
    const double first_step = std::pow(static_cast<double>(size_), -0.25);
    for (std::size_t s = 0; s < count; ++s) {
        const std::size_t first = s * chains() / count, end = (s + 1) * chains() / count;
        const std::size_t workers = std::clamp<std::size_t>(threads / count, 1, design_->workers());
        shares_.push_back({first,
                           workers,
                           design_->pass(end - first),
                           {},
                           DualAveraging(first_step),
                           {},
                           0.0,
                           false,
                           {},
                           {}});
        for (std::size_t c = first; c < end; ++c) shares_.back().chains.push_back(&chains_[c]);
    }
    for (const std::size_t end :
         {kFirstSweeps, 2 * kFirstSweeps, tune / 2, tune - std::min(tune, kFirstSweeps), tune})
        if (end <= tune && (windows_.empty() ? end > 0 : end > windows_.back())) windows_.push_back(end);
}

std::vector<OutputShape> NoncenteredSampler::outputs() const {
    std::vector<OutputShape> all{
        {"beta", prior_->coefficients()}, {"lp", 0}, {"acceptance_rate", 0}, {"energy", 0}};
    const std::size_t own = parameters(0).size() + extras_;
    if (own > 0) all.push_back({"parameters", own});
    return all;
}

SamplerInfo NoncenteredSampler::info() const {
    double step = 0.0, length = 0.0;
    for (const Share& share : shares_) {
        step += share.step.step_size() / static_cast<double>(shares_.size());
        length += share.length.length() / static_cast<double>(shares_.size());
    }
    SamplerInfo all{{"kernel", "hmc"},
                    {"metric_directions", metric_.directions()},
                    {"step_size", step},
                    {"trajectory_length", length}};
    if (prior_->metric() != nullptr) all.push_back({"metric", prior_->metric()});
    return all;
}

Vector NoncenteredSampler::parameters(std::size_t chain) const {
    return prior_->scales(chains_[chain].now.q.data());
}

Status NoncenteredSampler::start(const double* initial) {
    const Vector centre = prior_->centre();
    Vector beta(design_->coefficients()), work(prior_->workspace());
    prior_->coefficients_at(centre.data(), beta.data(), work.data());
    const Vector curvature = design_->curvature_at(beta.data());
    Vector& scale = metric_.scale();
    prior_->variances(centre.data(), curvature.data(), scale.data());
    for (std::size_t e = 0; e < extras_; ++e)
        scale[prior_->size() + e] = 1.0 / (1.0 + curvature[prior_->coefficients() + e]);
    for (double& value : scale) value = std::sqrt(value);
    Vector first(centre);
    first.resize(size_);
    if (const Status status = find_directions(first); !status.ok()) return status;
    for (std::size_t c = 0; c < chains(); ++c) {
        Vector& q = chains_[c].now.q;
        fill_normals(*bitgens_[c], chains_[c].work.data(), size_);
        metric_.forward(chains_[c].work.data(), q.data());
        for (std::size_t j = 0; j < prior_->size(); ++j) q[j] += centre[j];
        if (initial == nullptr) continue;
        const double* given = initial + c * initial_size();
        prior_->coordinates_of(given, q.data());
        std::copy_n(given + prior_->coefficients(), extras_, &q[prior_->size()]);
    }
    return {};
}

// What a pass reads.
void NoncenteredSampler::find_coefficients(Point& at) const {
    prior_->coefficients_at(at.q.data(), at.beta.data(), at.work.data());
    std::copy_n(&at.q[prior_->size()], extras_, &at.beta[prior_->coefficients()]);
}

// From what a pass has written.
void NoncenteredSampler::find_gradient(Point& at) const {
    prior_->differentiate(at.q.data(), at.beta.data(), at.of_beta.gradient.data(), at.gradient.data(),
                          at.work.data());
    std::copy_n(&at.of_beta.gradient[prior_->coefficients()], extras_, &at.gradient[prior_->size()]);
}

// log π and its gradient at points of all chains of a share; all workers take part.
void NoncenteredSampler::evaluate(Worker& worker, Share& share, Point Chain::* point,
                                  bool wants_value) const {
    const Worker::Range own = worker.share(share.chains.size());
    for (std::size_t c = own.begin; c < own.end; ++c) find_coefficients(share.chains[c]->*point);
    share.pass->run(worker, share.beta.data(), wants_value, share.densities.data());
    for (std::size_t c = own.begin; c < own.end; ++c) {
        Point& at = share.chains[c]->*point;
        find_gradient(at);
        if (wants_value)
            at.log_density = at.of_beta.log_posterior + prior_->log_density_of_coordinates(at.q.data());
    }
}

// What a pass reads and writes; one worker calls it while the others wait.
void NoncenteredSampler::point_at(Share& share, Point Chain::* point) const {
    share.beta.clear();
    share.densities.clear();
    for (Chain* chain : share.chains) {
        share.beta.push_back((chain->*point).beta.data());
        share.densities.push_back(&(chain->*point).of_beta);
    }
}

RunStatus NoncenteredSampler::advance(std::size_t index, SweepRange sweeps, const Outputs& outputs) {
    Share& share = shares_[index];
    const Arrays out{outputs["beta"], outputs["lp"], outputs["acceptance_rate"], outputs["energy"],
                     outputs["parameters"]};
    const bool known = std::exchange(share.known, true);
    RunStatus result;
    parallel_region(share.workers, [&](Worker& worker) {
        const Worker::Range own = worker.share(share.chains.size());
        if (!known) {
            if (worker.index() == 0) point_at(share, &Chain::now);
            worker.barrier();
            evaluate(worker, share, &Chain::now, true);
            for (std::size_t c = own.begin; c < own.end; ++c)
                share.chains[c]->status = check_finite(&share.chains[c]->now.log_density, 1);
            worker.barrier();
        }
        for (std::size_t c = 0; c < share.chains.size(); ++c) {
            if (share.chains[c]->status.ok()) continue;
            if (worker.index() == 0) result = {share.chains[c]->status, share.first + c, 0};
            return;
        }
        if (worker.index() == 0) point_at(share, &Chain::proposed);
        worker.barrier();
        for (std::size_t sweep = 0; sweep < sweeps.count; ++sweep) {
            const std::uint64_t number = sweeps.first + sweep;
            const double most = number < std::min(kFirstSweeps, tune_) ? kMostStepsAtFirst : kMostSteps;
            const std::size_t count = between_ && number >= tune_ ? between_->trajectories() : 1;
            for (std::size_t c = own.begin; c < own.end; ++c) share.chains[c]->told_acceptance = 0.0;
            double fraction = 0.0;
            for (std::size_t i = 0; i < count; ++i) {
                fraction = 0.5 + 0.5 * reversed_bits(number * count + i + 1);
                const double steps = std::ceil(fraction * share.length.length() / share.step.step_size());
                trajectory(worker, share, static_cast<std::size_t>(std::clamp(steps, 1.0, most)));
                if (between_) move_coordinates(worker, share);
                for (std::size_t c = own.begin; c < own.end; ++c)
                    share.chains[c]->told_acceptance +=
                        share.chains[c]->acceptance / static_cast<double>(count);
            }
            for (std::size_t c = own.begin; c < own.end; ++c)
                tell(*share.chains[c], share.first + c, sweep, out);
            worker.barrier();
            if (worker.index() == 0 && number < tune_) learn(share, fraction);
            worker.barrier();
        }
    });
    return result;
}

// And what trajectories need to go on from there.
void NoncenteredSampler::move_coordinates(Worker& worker, Share& share) const {
    const Worker::Range own = worker.share(share.chains.size());
    for (std::size_t c = own.begin; c < own.end; ++c)
        between_->move(share.chains[c]->now.q.data(), *share.chains[c]->bitgen);
    worker.barrier();
    if (worker.index() == 0) point_at(share, &Chain::now);
    worker.barrier();
    evaluate(worker, share, &Chain::now, true);
    worker.barrier();
    if (worker.index() == 0) point_at(share, &Chain::proposed);
    worker.barrier();
}

void NoncenteredSampler::trajectory(Worker& worker, Share& share, std::size_t steps) const {
    const Worker::Range own = worker.share(share.chains.size());
    const auto for_own = [&](auto work) {
        for (std::size_t c = own.begin; c < own.end; ++c) work(*share.chains[c]);
    };
    for_own([&](Chain& chain) {
        begin(share, chain);
        kick(chain, 0.5);
    });
    for (std::size_t left = steps; left > 0; --left) {
        for_own([&](Chain& chain) { drift(chain); });
        evaluate(worker, share, &Chain::proposed, left == 1);
        for_own([&](Chain& chain) { kick(chain, left == 1 ? 0.5 : 1.0); });
    }
    for_own([&](Chain& chain) { accept(share, chain); });
}

void NoncenteredSampler::begin(Share& share, Chain& chain) const {
    constexpr double kSpread = 0.1;
    fill_normals(*chain.bitgen, chain.momentum.data(), size_);
    const double spread = kSpread * (2.0 * chain.bitgen->next_double(chain.bitgen->state) - 1.0);
    chain.step = share.step.step_size() * (1.0 + spread);
    chain.cautious =
        prior_->shrinkage() != nullptr && chain.bitgen->next_double(chain.bitgen->state) < kCautious;
    if (chain.cautious) chain.step *= kCaution;
    chain.level = chain.bitgen->next_double(chain.bitgen->state);
    chain.energy = 0.5 * dot(chain.momentum.data(), chain.momentum.data(), size_) - chain.now.log_density;
    chain.proposed.q = chain.now.q;
    chain.proposed.gradient = chain.now.gradient;
}

void NoncenteredSampler::kick(Chain& chain, double share) const {
    const double time = share * chain.step;
    metric_.transposed(chain.proposed.gradient.data(), chain.work.data());
    for (std::size_t j = 0; j < size_; ++j) chain.momentum[j] += time * chain.work[j];
}

void NoncenteredSampler::drift(Chain& chain) const {
    metric_.forward(chain.momentum.data(), chain.work.data());
    for (std::size_t j = 0; j < size_; ++j) chain.proposed.q[j] += chain.step * chain.work[j];
}

void NoncenteredSampler::accept(const Share& share, Chain& chain) const {
    const double energy =
        0.5 * dot(chain.momentum.data(), chain.momentum.data(), size_) - chain.proposed.log_density;
    chain.acceptance = acceptance_probability(energy - chain.energy);
    const bool taken = chain.level < chain.acceptance;
    chain.told_energy = taken ? energy : chain.energy;
    if (share.seen >= kLeastDraws) chain.slope = slope_of_criterion(share, chain);
    if (!taken) return;
    chain.now.q = chain.proposed.q;
    chain.now.gradient = chain.proposed.gradient;
    chain.now.log_density = chain.proposed.log_density;
    chain.now.beta = chain.proposed.beta;
    chain.now.of_beta.log_posterior = chain.proposed.of_beta.log_posterior;
}

// d/dt of ½(|x′ − m|² − |x − m|²)² in coordinates of unit momentum, but for a factor: x′ is where the
// trajectory ended, x where it began, m the mean.
double NoncenteredSampler::slope_of_criterion(const Share& share, Chain& chain) const {
    Vector mean(size_), x(size_);
    const double count = share.seen * static_cast<double>(share.chains.size());
    for (const Chain* one : share.chains)
        for (std::size_t j = 0; j < size_; ++j) mean[j] += one->sum[j] / count;
    for (std::size_t j = 0; j < size_; ++j) x[j] = chain.now.q[j] - mean[j];
    metric_.inverse(x.data(), chain.work.data());
    const double before = dot(chain.work.data(), chain.work.data(), size_);
    for (std::size_t j = 0; j < size_; ++j) x[j] = chain.proposed.q[j] - mean[j];
    metric_.inverse(x.data(), chain.work.data());
    const double after = dot(chain.work.data(), chain.work.data(), size_);
    return (after - before) * dot(chain.work.data(), chain.momentum.data(), size_);
}

void NoncenteredSampler::gradient_at(CoefficientPass& pass, Point& at) const {
    Worker alone;
    find_coefficients(at);
    const double* beta = at.beta.data();
    Density* density = &at.of_beta;
    pass.run(alone, &beta, false, &density);
    find_gradient(at);
}

// The ends of the spectrum of the curvature in unit coordinates, where the coordinates are all Gaussian given
// the rest: by differences of gradients.
Status NoncenteredSampler::find_directions(const Vector& at) {
    constexpr std::size_t kSteps = 40;
    constexpr double kDifference = 1e-4, kTolerance = 0.1;
    metric_.forget_directions();
    if (prior_->size() > prior_->coefficients()) return {};
    const std::unique_ptr<CoefficientPass> pass = design_->pass(1);
    Point point(size_, design_->coefficients(), prior_->workspace());
    Vector step(size_), up(size_);
    const auto product = [&](const double* x, double* y) {
        metric_.forward(x, step.data());
        for (const double sign : {1.0, -1.0}) {
            for (std::size_t j = 0; j < size_; ++j) point.q[j] = at[j] + sign * kDifference * step[j];
            gradient_at(*pass, point);
            if (sign > 0.0) up = point.gradient;
        }
        for (std::size_t j = 0; j < size_; ++j) step[j] = (point.gradient[j] - up[j]) / (2.0 * kDifference);
        metric_.transposed(step.data(), y);
    };
    Vector start(size_);
    for (std::size_t j = 0; j < size_; ++j) start[j] = 0.5 + reversed_bits(j + 1);
    std::vector<EigenPair> pairs;
    if (const Status status = lanczos(blas_, product, kSteps, kTolerance, start, pairs); !status.ok())
        return status;
    metric_.set_directions(std::move(pairs));
    return {};
}

void NoncenteredSampler::learn(Share& share, double fraction) const {
    double acceptance = 0.0, count = 0.0;
    for (Chain* chain : share.chains) {
        if (chain->cautious) continue;
        acceptance += chain->acceptance;
        count += 1.0;
        if (share.seen >= kLeastDraws) share.length.add(chain->acceptance, fraction, chain->slope);
    }
    if (count > 0.0) {
        share.step.learn(acceptance / count, kTargetAcceptance);
        share.length.learn();
    }
    share.seen += 1.0;
    for (Chain* chain : share.chains) {
        for (std::size_t j = 0; j < size_; ++j) {
            chain->sum[j] += chain->now.q[j];
            chain->squares[j] += chain->now.q[j] * chain->now.q[j];
        }
    }
}

std::size_t NoncenteredSampler::left_in_window(std::uint64_t sweeps_done) const {
    for (const std::size_t end : windows_)
        if (sweeps_done < end) return end - static_cast<std::size_t>(sweeps_done);
    return 0;
}

Status NoncenteredSampler::finish_window(std::uint64_t sweeps_done) {
    double seen = 0.0, log_step = 0.0, log_length = 0.0;
    for (Share& share : shares_) {
        seen += share.seen * static_cast<double>(share.chains.size());
        log_step += std::log(share.step.averaged()) / static_cast<double>(shares_.size());
        log_length += std::log(share.length.settle()) / static_cast<double>(shares_.size());
        share.seen = 0.0;
    }
    Vector mean(size_);
    const bool last = sweeps_done == tune_;
    for (std::size_t j = 0; j < size_; ++j) {
        double sum = 0.0, squares = 0.0;
        for (Chain& chain : chains_) {
            sum += std::exchange(chain.sum[j], 0.0);
            squares += std::exchange(chain.squares[j], 0.0);
        }
        mean[j] = sum / seen;
        if (last) continue;
        const double variance = std::max(0.0, squares / seen - mean[j] * mean[j]);
        double& scale = metric_.scale()[j];
        scale = std::sqrt((seen * variance + kPriorDraws * scale * scale) / (seen + kPriorDraws));
    }
    for (Share& share : shares_) {
        share.step.restart(std::exp(log_step));
        share.length.restart(log_length);
    }
    return last ? Status{} : find_directions(mean);
}

void NoncenteredSampler::tell(const Chain& chain, std::size_t index, std::size_t sweep,
                              const Arrays& out) const {
    const Point& at = chain.now;
    if (out.beta) std::copy_n(at.beta.data(), prior_->coefficients(), out.beta.at(index, sweep));
    if (out.acceptance_rate) *out.acceptance_rate.at(index, sweep) = chain.told_acceptance;
    if (out.energy) *out.energy.at(index, sweep) = chain.told_energy;
    if (out.lp) *out.lp.at(index, sweep) = at.of_beta.log_posterior + prior_->log_density(at.q.data());
    if (!out.parameters) return;
    double* to = out.parameters.at(index, sweep);
    to = std::copy_n(&at.beta[prior_->coefficients()], extras_, to);
    const Vector scales = prior_->scales(at.q.data());
    std::copy(scales.begin(), scales.end(), to);
}

template <class Visitor>
void NoncenteredSampler::visit(Visitor&& visitor) {
    for (Share& share : shares_) {
        share.step.visit(visitor);
        share.length.visit(visitor);
        visitor(&share.seen, 1);
    }
    for (Chain& chain : chains_)
        for (Vector* part : {&chain.now.q, &chain.sum, &chain.squares}) visitor(part->data(), part->size());
}

State NoncenteredSampler::state() {
    State parts = state_of_numbers([this](auto visitor) { visit(visitor); });
    parts["metric"] = metric_.save();
    if (const Vector basis = prior_->save(); !basis.empty()) parts["basis"] = basis;
    return parts;
}

bool NoncenteredSampler::restore(const State& state, std::uint64_t) {
    const auto metric = state.find("metric");
    if (metric == state.end() || metric->second.size() != metric_.saved_size()) return false;
    const auto basis = state.find("basis");
    if (!prior_->restore(basis == state.end() ? Vector() : basis->second)) return false;
    if (!restore_numbers(state, [this](auto visitor) { visit(visitor); })) return false;
    metric_.restore(metric->second);
    for (Share& share : shares_) share.known = false;
    return true;
}

}  // namespace polyagamma
