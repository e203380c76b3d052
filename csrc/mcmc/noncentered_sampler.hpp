#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "linalg/blas.hpp"
#include "mcmc/coordinate_move.hpp"
#include "mcmc/dual_averaging.hpp"
#include "mcmc/low_rank_metric.hpp"
#include "mcmc/sampler.hpp"
#include "mcmc/trajectory_length.hpp"
#include "parallel/region.hpp"
#include "random/bitgen.hpp"
#include "terms/coefficient_pass.hpp"
#include "terms/noncentered_prior.hpp"

namespace polyagamma {

// Coefficients, likelihood's extras and scales, all in the coordinates of a non-centred prior and moved by
// the same Hamiltonian trajectories with ω marginalised. It takes products with the design alone, and a
// metric that is diagonal but for a few directions: for sparse predictors, more predictors than rows, and
// priors whose scales are sampled. Behind each trajectory there may be a move of another kind. Warm-up adapts
// metric, step size and length of the trajectories; then nothing changes any more.
class NoncenteredSampler final : public Sampler {
  public:
    NoncenteredSampler(std::shared_ptr<const ProductDesign> design, std::shared_ptr<NoncenteredPrior> prior,
                       const Blas& blas, std::vector<BitGen*> bitgens, std::size_t tune, std::size_t threads);

    std::size_t chains() const override { return bitgens_.size(); }
    // "beta", contiguous; "lp"; "acceptance_rate"; "energy"; "parameters": extras, then scales.
    std::vector<OutputShape> outputs() const override;
    std::vector<std::string> stats() const override { return {"lp", "acceptance_rate", "energy"}; }
    SamplerInfo info() const override;
    Vector parameters(std::size_t chain) const override;

    // `initial`: coefficients and extras (chains, p + extras).
    Status start(const double* initial) override;
    std::size_t initial_size() const override { return prior_->coefficients() + extras_; }
    bool restore(const State& state, std::uint64_t sweeps_done) override;
    State state() override;

    std::size_t shares() const override { return shares_.size(); }
    RunStatus advance(std::size_t share, SweepRange sweeps, const Outputs& outputs) override;
    std::size_t left_in_window(std::uint64_t sweeps_done) const override;
    Status finish_window(std::uint64_t sweeps_done) override;

  private:
    // A point of a chain: its coordinates, their coefficients, log π and its gradient.
    struct Point {
        Point(std::size_t size, std::size_t coefficients, std::size_t workspace)
            : q(size), gradient(size), beta(coefficients), of_beta(coefficients), work(workspace) {}
        Vector q, gradient, beta;
        Density of_beta;
        Vector work;  // the prior's
        double log_density = 0.0;
    };
    struct Chain {
        Chain(std::size_t size, std::size_t coefficients, std::size_t workspace, BitGen& generator)
            : now(size, coefficients, workspace),
              proposed(size, coefficients, workspace),
              momentum(size),
              work(size),
              sum(size),
              squares(size),
              bitgen(&generator) {}
        Point now, proposed;
        Vector momentum, work;
        Vector sum, squares;  // of the coordinates in the window
        BitGen* bitgen;
        double step = 0.0, level = 0.0, energy = 0.0, told_energy = 0.0, acceptance = 0.0,
               told_acceptance = 0.0;
        bool cautious = false;  // in this trajectory
        double slope = 0.0;     // of the criterion for the length of trajectories
        Status status;
    };
    // Chains in lockstep and the threads that advance them. They learn by themselves between windows.
    struct Share {
        std::size_t first, workers;
        std::unique_ptr<CoefficientPass> pass;
        std::vector<Chain*> chains;
        DualAveraging step;
        TrajectoryLength length;
        double seen = 0.0;   // sweeps of the window
        bool known = false;  // densities
        std::vector<const double*> beta;
        std::vector<Density*> densities;
    };
    struct Arrays;

    void find_coefficients(Point& at) const;
    void find_gradient(Point& at) const;
    void evaluate(Worker& worker, Share& share, Point Chain::* point, bool wants_value) const;
    void point_at(Share& share, Point Chain::* point) const;
    void move_coordinates(Worker& worker, Share& share) const;
    void trajectory(Worker& worker, Share& share, std::size_t steps) const;
    void begin(Share& share, Chain& chain) const;
    void kick(Chain& chain, double share) const;
    void drift(Chain& chain) const;
    void accept(const Share& share, Chain& chain) const;
    void learn(Share& share, double fraction) const;
    double slope_of_criterion(const Share& share, Chain& chain) const;
    Status find_directions(const Vector& at);
    void gradient_at(CoefficientPass& pass, Point& point) const;
    void tell(const Chain& chain, std::size_t index, std::size_t sweep, const Arrays& out) const;
    template <class Visitor>
    void visit(Visitor&& visitor);

    const std::shared_ptr<const ProductDesign> design_;
    const std::shared_ptr<NoncenteredPrior> prior_;
    const Blas& blas_;
    std::vector<BitGen*> bitgens_;
    std::size_t extras_, size_, tune_;
    LowRankMetric metric_;
    std::unique_ptr<const CoordinateMove> between_;  // trajectories; null where there is none
    std::vector<std::size_t> windows_;               // their ends
    std::deque<Chain> chains_;
    std::deque<Share> shares_;
};

}  // namespace polyagamma
