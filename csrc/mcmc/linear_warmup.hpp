#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "linalg/aligned.hpp"
#include "linalg/status.hpp"
#include "mcmc/linear_schedule.hpp"
#include "mcmc/metric.hpp"
#include "terms/linear_model.hpp"
#include "terms/whitening.hpp"

namespace polyagamma {

// What warm-up measured and chose.
struct WarmupReport {
    double acceptance = 0.0;  // of the trajectories in the last window
    double shrinkage = 1.0;   // of the covariance towards the inverse curvature (1: curvature alone)
    double gibbs_autocorrelation = 0.0;  // lag one, of the slowest coordinate
    double hmc_autocorrelation = 0.0;    // the same, between single trajectories
    double gibbs_efficiency = 0.0;       // (1−ρ)/(1+ρ) per unit of work (one gradient)
    double hmc_efficiency = 0.0;
};

// Adapts coordinates and settings over the first `tune` sweeps, in windows: data-augmentation sweeps that
// bring the chains from anywhere into the bulk; trajectories whose draws give the metric, first from the
// curvature, then with the covariance; trajectories for the number of steps; a few sweeps of data
// augmentation alone and of single trajectories alone, to compare both and fix the mix. All chains are
// pooled at the end of each window, in a fixed order. After the last window nothing changes any more.
class LinearWarmup {
  public:
    // `augments`: whether data augmentation is possible; `turn`: of a trajectory.
    LinearWarmup(TransitionKernel choice, bool augments, std::size_t tune, std::size_t rows, std::size_t k,
                 std::size_t chains, double turn = kQuarterTurn);

    // Sweeps from `sweeps_done` to the end of its window; 0 after warm-up.
    std::size_t left_in_window(std::uint64_t sweeps_done) const;
    // What the next sweeps do.
    const LinearSchedule& schedule() const { return active_; }
    const WarmupReport& report() const { return report_; }

    // The state of a chain after `sweep`, and the acceptance of its trajectories; chains may call it in
    // parallel.
    void record(std::size_t chain, std::uint64_t sweep, const double* u, double acceptance);
    // Adapt at the end of a window; u (chains, k): the states, moved to the new coordinates, as `models` are.
    Status finish_window(std::uint64_t sweeps_done, const LinearModel& model, Whitening& whitening, double* u,
                         std::vector<ChainModel>& models);

    // All numbers that the next windows depend on.
    Vector save();
    // False if `saved` is not from a warm-up like this one after `sweeps_done` sweeps.
    bool restore(const double* saved, std::size_t size, std::uint64_t sweeps_done);

  private:
    enum class Purpose { approach, curvature, covariance, steps, gibbs, last };
    // Whether a window is one of data augmentation alone.
    static bool augments(Purpose purpose) {
        return purpose == Purpose::approach || purpose == Purpose::gibbs;
    }
    struct Window {
        Purpose purpose;
        std::size_t first, sweeps;
    };

    void plan(std::size_t tune);
    const Window* window_at(std::uint64_t sweep) const;
    void open_window(std::uint64_t sweep);
    void make_room(std::size_t sweeps);
    double mean_acceptance() const;
    Status change_metric(const Draws& draws, bool use_covariance, const LinearModel& model,
                         Whitening& whitening, double* u, std::vector<ChainModel>& models);
    void keep(std::size_t sweeps, const Blas& blas, const Metric& metric);
    std::size_t most_steps() const;
    bool moved_enough() const;
    void choose_mix();
    std::vector<double*> numbers();
    std::vector<std::size_t*> counts();

    TransitionKernel choice_;
    bool augments_;
    std::size_t tune_, chains_, k_;
    double turn_, gibbs_work_;
    std::vector<Window> windows_;
    LinearSchedule schedule_;  // chosen so far
    LinearSchedule active_;    // those, or data augmentation alone in its own window
    WarmupReport report_;
    std::size_t kept_ = 0;  // sweeps of the window before whose draws are used again
    Vector draws_;          // (chains, kept_ and sweeps of the window, k)
    Vector acceptance_;     // (chains, sweeps of the window)
};

}  // namespace polyagamma
