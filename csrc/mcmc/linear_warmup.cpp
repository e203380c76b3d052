#include "mcmc/linear_warmup.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/dense.hpp"

namespace polyagamma {
namespace {

constexpr double kTrajectoryAngle = 1.5;  // a quarter turn makes a draw independent where π is normal
constexpr std::size_t kMaxKicks = 32;
constexpr std::size_t kMaxTrajectories = 20;
constexpr double kLargestAutocorrelation =
    0.4;                              // of kept draws: at least (1−ρ)/(1+ρ) = 0.43 of them are effective
constexpr double kGibbsShare = 0.05;  // of the work, where the trajectories are the better kernel
constexpr std::size_t kMaxWarmupTrajectories = 5;
constexpr std::size_t kMinWindow = 10;
constexpr LeapfrogSettings kFirstSettings{kTrajectoryAngle / 4, 4};

double effective_share(double autocorrelation) {
    return (1.0 - autocorrelation) / (1.0 + autocorrelation);
}

// x >= 0 with erfc(x) = y, by bisection.
double inverse_erfc(double y) {
    double low = 0.0, high = 6.0;
    for (int i = 0; i < 60; ++i) {
        const double middle = 0.5 * (low + high);
        (std::erfc(middle) > y ? low : high) = middle;
    }
    return 0.5 * (low + high);
}

// The number of kicks that promises most effective draws per gradient. The energy error has a variance in
// proportion to angle⁴ and the acceptance is erfc(√(variance/8)) (Neal 2011, Handbook of MCMC,
// section 5.4.4), which predicts the acceptance a at other angles; independent proposals give a/(2−a)
// effective draws each.
LeapfrogSettings choose_kicks(const LeapfrogSettings& used, double acceptance) {
    const double error = inverse_erfc(std::clamp(acceptance, 1e-3, 0.999)) / (used.angle * used.angle);
    LeapfrogSettings best = used;
    double best_score = 0.0;
    for (std::size_t kicks = 1; kicks <= kMaxKicks; ++kicks) {
        const double angle = kTrajectoryAngle / static_cast<double>(kicks);
        const double predicted = std::erfc(error * angle * angle);
        const double score = predicted / ((2.0 - predicted) * static_cast<double>(kicks));
        if (score > best_score) {
            best_score = score;
            best = {angle, kicks};
        }
    }
    return best;
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

Warmup::Warmup(TransitionKernel choice, std::size_t tune, std::size_t rows, std::size_t k, std::size_t chains)
    : choice_(choice), tune_(tune), chains_(chains), k_(k), gibbs_work_(gibbs_work(rows, k)) {
    if (choice != TransitionKernel::gibbs) {
        settings_ = {choice == TransitionKernel::hmc ? 0u : 1u, 1, kFirstSettings};
        plan(tune);
    }
    open_window(0);
}

// Windows of too few sweeps to learn from are left out; the next one begins earlier for it.
void Warmup::plan(std::size_t tune) {
    struct Share {
        Purpose purpose;
        double end;
    };
    constexpr Share kShares[] = {
        {Purpose::approach, 0.04},  {Purpose::curvature, 0.09},  {Purpose::curvature, 0.17},
        {Purpose::curvature, 0.29}, {Purpose::covariance, 0.48}, {Purpose::covariance, 0.74},
        {Purpose::kicks, 0.82},     {Purpose::gibbs, 0.86},      {Purpose::last, 1.0}};
    std::size_t first = 0;
    for (const Share& part : kShares) {
        const auto share = static_cast<std::size_t>(part.end * static_cast<double>(tune));
        const std::size_t last =
            part.purpose == Purpose::last ? tune : std::max(share, std::min(tune, kMinWindow));
        if (last < first + kMinWindow) continue;
        windows_.push_back({part.purpose, first, last - first});
        first = last;
    }
}

const Warmup::Window* Warmup::window_at(std::uint64_t sweep) const {
    for (const Window& window : windows_) {
        if (sweep < window.first + window.sweeps) return &window;
    }
    return nullptr;
}

std::size_t Warmup::left_in_window(std::uint64_t sweeps_done) const {
    const Window* window = window_at(sweeps_done);
    return window ? window->first + window->sweeps - static_cast<std::size_t>(sweeps_done) : 0;
}

void Warmup::open_window(std::uint64_t sweep) {
    const Window* window = window_at(sweep);
    const std::size_t sweeps = window ? window->sweeps : 0;
    draws_.assign(chains_ * sweeps * k_, 0.0);
    acceptance_.assign(chains_ * sweeps, 0.0);
    if (!window) draws_.shrink_to_fit();
    const bool gibbs = window && (window->purpose == Purpose::approach || window->purpose == Purpose::gibbs);
    active_ = gibbs ? SweepSettings{} : settings_;
    if (window) active_.gibbs_every = active_.gibbs_only() ? 1 : 0;
}

void Warmup::record(std::size_t chain, std::uint64_t sweep, const double* u, double acceptance) {
    const Window* window = window_at(sweep);
    if (!window) return;
    const std::size_t at = chain * window->sweeps + static_cast<std::size_t>(sweep) - window->first;
    std::copy(u, u + k_, &draws_[at * k_]);
    acceptance_[at] = acceptance;
}

double Warmup::mean_acceptance() const {
    double sum = 0.0;
    for (const double value : acceptance_) sum += value;
    return sum / static_cast<double>(acceptance_.size());
}

Status Warmup::finish_window(std::uint64_t sweeps_done, const Model& model, Whitening& whitening, double* u) {
    const Window* window = window_at(sweeps_done - 1);
    if (!window || window->first + window->sweeps != sweeps_done) return {};
    const Draws draws{draws_.data(), chains_, window->sweeps, k_};
    const double autocorrelation = largest_autocorrelation(draws);
    report_.acceptance = mean_acceptance();
    Status status;
    switch (window->purpose) {
        case Purpose::approach:
            break;
        case Purpose::curvature:
        case Purpose::covariance:
            settings_.hmc = choose_kicks(settings_.hmc, report_.acceptance);
            settings_.trajectories = warmup_trajectories(autocorrelation, settings_.trajectories);
            status = change_metric(window->purpose == Purpose::covariance, model, whitening, u);
            break;
        case Purpose::kicks:
            settings_.hmc = choose_kicks(settings_.hmc, report_.acceptance);
            settings_.trajectories = 1;
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

Status Warmup::change_metric(bool use_covariance, const Model& model, Whitening& whitening, double* u) {
    const std::size_t sweeps = acceptance_.size() / chains_;
    Metric metric;
    const Status status =
        fit_metric(whitening, model.rows, {draws_.data(), chains_, sweeps, k_}, use_covariance, metric);
    if (!status.ok()) return status;
    report_.shrinkage = metric.shrinkage;
    for (std::size_t c = 0; c < chains_; ++c) metric.transform(model.blas, u + c * k_);
    Vector basis(k_ * k_);
    metric.basis(model.blas, basis.data());
    whitening.move(model, metric.centre.data(), basis.data());
    return {};
}

void Warmup::choose_mix() {
    const double gradients = static_cast<double>(settings_.hmc.kicks);
    report_.hmc_efficiency = effective_share(report_.hmc_autocorrelation) / gradients;
    report_.gibbs_efficiency = effective_share(report_.gibbs_autocorrelation) / gibbs_work_;
    settings_.trajectories = trajectories_for(report_.hmc_autocorrelation);
    settings_.gibbs_every = 0;
    if (choice_ == TransitionKernel::hmc) return;
    if (report_.gibbs_efficiency > report_.hmc_efficiency) {
        settings_.trajectories = 0;
        settings_.gibbs_every = 1;
        return;
    }
    const double work = gradients * static_cast<double>(settings_.trajectories);
    settings_.gibbs_every = static_cast<std::size_t>(std::ceil(gibbs_work_ / (kGibbsShare * work)));
}

std::vector<double*> Warmup::numbers() {
    return {&settings_.hmc.angle,           &report_.acceptance,          &report_.shrinkage,
            &report_.gibbs_autocorrelation, &report_.hmc_autocorrelation, &report_.gibbs_efficiency,
            &report_.hmc_efficiency};
}
std::vector<std::size_t*> Warmup::counts() {
    return {&settings_.gibbs_every, &settings_.trajectories, &settings_.hmc.kicks};
}

Vector Warmup::save() {
    Vector saved{static_cast<double>(choice_), static_cast<double>(tune_)};
    for (const double* number : numbers()) saved.push_back(*number);
    for (const std::size_t* count : counts()) saved.push_back(static_cast<double>(*count));
    saved.insert(saved.end(), acceptance_.begin(), acceptance_.end());
    saved.insert(saved.end(), draws_.begin(), draws_.end());
    return saved;
}

bool Warmup::restore(const double* saved, std::size_t size, std::uint64_t sweeps_done) {
    const Window* window = window_at(sweeps_done);
    const std::size_t values = window ? chains_ * window->sweeps * (k_ + 1) : 0;
    const double identity[] = {static_cast<double>(choice_), static_cast<double>(tune_)};
    if (size != 2 + numbers().size() + counts().size() + values) return false;
    if (!std::equal(identity, identity + 2, saved)) return false;
    saved += 2;
    for (double* number : numbers()) *number = *saved++;
    for (std::size_t* count : counts()) *count = static_cast<std::size_t>(*saved++);
    open_window(sweeps_done);
    for (double& value : acceptance_) value = *saved++;
    for (double& value : draws_) value = *saved++;
    return true;
}

}  // namespace polyagamma
