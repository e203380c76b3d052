#include "mcmc/linear_warmup.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "linalg/dense.hpp"

namespace polyagamma {
namespace {

constexpr std::size_t kMaxTrajectories = 20;
// Of many coordinates, in near-separable data: rows that are certain but for a thin strip, which trajectories
// must not jump over.
constexpr std::size_t kMostStepsOfMany = 128;
constexpr double kLargestAutocorrelation =
    0.4;                              // of kept draws: at least (1−ρ)/(1+ρ) = 0.43 of them are effective
constexpr double kGibbsShare = 0.05;  // of the work, where the trajectories are better
constexpr std::size_t kMaxWarmupTrajectories = 5;
constexpr std::size_t kMinWindow = 10;
constexpr std::size_t kMaxWarmupGradients = kMaxWarmupTrajectories * kMostLeapfrogSteps;  // of a sweep
constexpr std::size_t kMaxGradients = kMaxTrajectories * kMostLeapfrogSteps;

double effective_share(double autocorrelation) {
    return (1.0 - autocorrelation) / (1.0 + autocorrelation);
}

std::size_t trajectories_for(double autocorrelation) {
    if (autocorrelation <= kLargestAutocorrelation) return 1;
    if (autocorrelation >= 1.0) return kMaxTrajectories;
    const double needed = std::ceil(std::log(kLargestAutocorrelation) / std::log(autocorrelation));
    return std::min(kMaxTrajectories, static_cast<std::size_t>(needed));
}

// More of them while a window of single ones would hardly move.
std::size_t warmup_trajectories(double autocorrelation, std::size_t used) {
    const double single = std::pow(autocorrelation, 1.0 / static_cast<double>(used));
    return std::min(kMaxWarmupTrajectories, trajectories_for(single));
}

}  // namespace

LinearWarmup::LinearWarmup(TransitionKernel choice, bool augments, std::size_t tune, std::size_t rows,
                           std::size_t k, std::size_t chains, double turn)
    : choice_(choice),
      augments_(augments),
      tune_(tune),
      chains_(chains),
      k_(k),
      turn_(turn),
      gibbs_work_(gibbs_work(rows, k)) {
    if (choice != TransitionKernel::gibbs) {
        schedule_ = {choice == TransitionKernel::hmc || !augments ? 0u : 1u, 1, first_steps()};
        plan(tune);
    }
    open_window(0);
}

// Windows of too few sweeps to learn from are left out; the next one begins earlier for it.
void LinearWarmup::plan(std::size_t tune) {
    struct Share {
        Purpose purpose;
        double end;
    };
    constexpr Share kShares[] = {
        {Purpose::approach, 0.04},  {Purpose::curvature, 0.09},  {Purpose::curvature, 0.17},
        {Purpose::curvature, 0.29}, {Purpose::covariance, 0.48}, {Purpose::covariance, 0.74},
        {Purpose::steps, 0.82},     {Purpose::gibbs, 0.86},      {Purpose::last, 1.0}};
    std::size_t first = 0;
    for (const Share& part : kShares) {
        if (!augments_ && augments(part.purpose)) continue;
        const auto share = static_cast<std::size_t>(part.end * static_cast<double>(tune));
        const std::size_t last =
            part.purpose == Purpose::last ? tune : std::max(share, std::min(tune, kMinWindow));
        if (last < first + kMinWindow) continue;
        windows_.push_back({part.purpose, first, last - first});
        first = last;
    }
}

const LinearWarmup::Window* LinearWarmup::window_at(std::uint64_t sweep) const {
    for (const Window& window : windows_) {
        if (sweep < window.first + window.sweeps) return &window;
    }
    return nullptr;
}

std::size_t LinearWarmup::left_in_window(std::uint64_t sweeps_done) const {
    const Window* window = window_at(sweeps_done);
    return window ? window->first + window->sweeps - static_cast<std::size_t>(sweeps_done) : 0;
}

void LinearWarmup::open_window(std::uint64_t sweep) {
    const Window* window = window_at(sweep);
    const std::size_t sweeps = window ? window->sweeps : 0;
    if (!window || window->purpose != Purpose::covariance) kept_ = 0;
    make_room(sweeps);
    acceptance_.assign(chains_ * sweeps, 0.0);
    const bool gibbs = window && augments(window->purpose);
    active_ = gibbs ? LinearSchedule{} : schedule_;
    if (window) active_.gibbs_every = active_.gibbs_only() ? 1 : 0;
}

// After the draws that are kept of the window before.
void LinearWarmup::make_room(std::size_t sweeps) {
    const Vector before = std::exchange(draws_, Vector(chains_ * (kept_ + sweeps) * k_));
    for (std::size_t c = 0; c < chains_; ++c) {
        const double* kept = before.data() + c * kept_ * k_;
        std::copy(kept, kept + kept_ * k_, draws_.data() + c * (kept_ + sweeps) * k_);
    }
}

void LinearWarmup::record(std::size_t chain, std::uint64_t sweep, const double* u, double acceptance) {
    const Window* window = window_at(sweep);
    if (!window) return;
    const std::size_t at = static_cast<std::size_t>(sweep) - window->first;
    std::copy(u, u + k_, &draws_[(chain * (kept_ + window->sweeps) + kept_ + at) * k_]);
    acceptance_[chain * window->sweeps + at] = acceptance;
}

double LinearWarmup::mean_acceptance() const {
    double sum = 0.0;
    for (const double value : acceptance_) sum += value;
    return sum / static_cast<double>(acceptance_.size());
}

Status LinearWarmup::finish_window(std::uint64_t sweeps_done, const LinearModel& model, Whitening& whitening,
                                   double* u, std::vector<ChainModel>& models) {
    const Window* window = window_at(sweeps_done - 1);
    if (!window || window->first + window->sweeps != sweeps_done) return {};
    const Draws draws{draws_.data(), chains_, kept_ + window->sweeps, k_};
    kept_ = 0;
    const double autocorrelation = largest_autocorrelation(draws);
    report_.acceptance = mean_acceptance();
    Status status;
    switch (window->purpose) {
        case Purpose::approach:
            break;
        case Purpose::curvature:
        case Purpose::covariance:
            schedule_.hmc = most_effective_steps(schedule_.hmc, report_.acceptance, most_steps(), 0.0, turn_);
            schedule_.trajectories = std::min(warmup_trajectories(autocorrelation, schedule_.trajectories),
                                              kMaxWarmupGradients / schedule_.hmc.steps);
            status = change_metric(draws, window->purpose == Purpose::covariance && moved_enough(), model,
                                   whitening, u, models);
            break;
        case Purpose::steps:
            schedule_.hmc = most_effective_steps(schedule_.hmc, report_.acceptance, most_steps(), 0.0, turn_);
            schedule_.trajectories = 1;
            break;
        case Purpose::gibbs:
            report_.gibbs_autocorrelation = largest_autocorrelation_of_steps(draws);
            break;
        case Purpose::last:
            report_.hmc_autocorrelation = autocorrelation;
            choose_mix();
            break;
    }
    open_window(sweeps_done);
    return status;
}

Status LinearWarmup::change_metric(const Draws& draws, bool use_covariance, const LinearModel& model,
                                   Whitening& whitening, double* u, std::vector<ChainModel>& models) {
    Metric metric;
    const Status status = fit_metric(whitening, models, draws, use_covariance, metric, schedule_.hmc.steps);
    if (!status.ok()) return status;
    report_.shrinkage = metric.shrinkage;
    for (std::size_t c = 0; c < chains_; ++c) metric.transform(model.blas, u + c * k_);
    Vector basis(k_ * k_);
    metric.basis(model.blas, basis.data());
    whitening.move(model, metric.centre.data(), basis.data());
    for (ChainModel& one : models) one.whiten(whitening);
    if (use_covariance) keep(draws.sweeps, model.blas, metric);
    return {};
}

// In the new coordinates, for the next window's covariance.
void LinearWarmup::keep(std::size_t sweeps, const Blas& blas, const Metric& metric) {
    kept_ = sweeps;
    for (std::size_t i = 0; i < chains_ * kept_; ++i) metric.transform(blas, &draws_[i * k_]);
}

std::size_t LinearWarmup::most_steps() const {
    return k_ < kManyCoordinates ? kMostLeapfrogSteps : kMostStepsOfMany;
}

// Of many coordinates, chains that hardly move say nothing of the covariance.
bool LinearWarmup::moved_enough() const {
    constexpr double kLeastAcceptance = 0.3;
    return k_ < kManyCoordinates || report_.acceptance >= kLeastAcceptance;
}

void LinearWarmup::choose_mix() {
    const double gradients = static_cast<double>(schedule_.hmc.steps);
    report_.hmc_efficiency = effective_share(report_.hmc_autocorrelation) / gradients;
    report_.gibbs_efficiency = effective_share(report_.gibbs_autocorrelation) / gibbs_work_;
    schedule_.trajectories =
        std::min(trajectories_for(report_.hmc_autocorrelation), kMaxGradients / schedule_.hmc.steps);
    schedule_.gibbs_every = 0;
    if (choice_ == TransitionKernel::hmc || !augments_) return;
    if (report_.gibbs_efficiency > report_.hmc_efficiency) {
        schedule_.trajectories = 0;
        schedule_.gibbs_every = 1;
        return;
    }
    const double work = gradients * static_cast<double>(schedule_.trajectories);
    schedule_.gibbs_every = static_cast<std::size_t>(std::ceil(gibbs_work_ / (kGibbsShare * work)));
}

std::vector<double*> LinearWarmup::numbers() {
    return {&schedule_.hmc.step_size,       &report_.acceptance,          &report_.shrinkage,
            &report_.gibbs_autocorrelation, &report_.hmc_autocorrelation, &report_.gibbs_efficiency,
            &report_.hmc_efficiency};
}
std::vector<std::size_t*> LinearWarmup::counts() {
    return {&schedule_.gibbs_every, &schedule_.trajectories, &schedule_.hmc.steps, &kept_};
}

Vector LinearWarmup::save() {
    Vector saved{static_cast<double>(choice_), static_cast<double>(tune_)};
    for (const double* number : numbers()) saved.push_back(*number);
    for (const std::size_t* count : counts()) saved.push_back(static_cast<double>(*count));
    saved.insert(saved.end(), acceptance_.begin(), acceptance_.end());
    saved.insert(saved.end(), draws_.begin(), draws_.end());
    return saved;
}

bool LinearWarmup::restore(const double* saved, std::size_t size, std::uint64_t sweeps_done) {
    const std::size_t settings = 2 + numbers().size() + counts().size();
    const double identity[] = {static_cast<double>(choice_), static_cast<double>(tune_)};
    if (size < settings || !std::equal(identity, identity + 2, saved)) return false;
    const double* value = saved + 2;
    for (double* number : numbers()) *number = *value++;
    for (std::size_t* count : counts()) *count = static_cast<std::size_t>(*value++);
    if (kept_ > tune_) return false;
    draws_.resize(chains_ * kept_ * k_);
    open_window(sweeps_done);
    if (size != settings + acceptance_.size() + draws_.size()) return false;
    std::copy(value, value + acceptance_.size(), acceptance_.begin());
    std::copy(saved + size - draws_.size(), saved + size, draws_.begin());
    return true;
}

}  // namespace polyagamma
