#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "linalg/status.hpp"
#include "mcmc/chain_batch.hpp"
#include "mcmc/class_gibbs_update.hpp"
#include "mcmc/gibbs_update.hpp"
#include "mcmc/hmc_update.hpp"
#include "mcmc/linear_schedule.hpp"
#include "mcmc/linear_warmup.hpp"
#include "mcmc/parameter_updates.hpp"
#include "mcmc/sampler.hpp"
#include "parallel/region.hpp"
#include "random/bitgen.hpp"
#include "terms/linear_model.hpp"
#include "terms/row_space.hpp"
#include "terms/whitening.hpp"

namespace polyagamma {

// The coefficients of a linear model: data augmentation, split Hamiltonian Monte Carlo with ω marginalised,
// or the mix of both that warm-up finds best; and between them the likelihood's parameters and the prior's
// scales, if they have some.
class LinearSampler final : public Sampler {
  public:
    struct Options {
        TransitionKernel kernel = TransitionKernel::automatic;
        std::size_t tune = 0;
        std::size_t threads = 1;
    };

    // `model` is row_space->reduced() if `row_space` is given, and then the coefficients told are those of
    // the model with more coefficients than rows.
    LinearSampler(const LinearModel& model, const RowSpaceModel* row_space, std::vector<BitGen*> bitgens,
                  const Options& options);

    std::size_t chains() const override { return bitgens_.size(); }
    // "beta", contiguous; "lp": log-likelihood − ½ (β−m₀)ᵀΛ(β−m₀), and the densities of parameters and
    // scales; "acceptance_rate", the mean over the trajectories of the sweep, and "energy" after the last:
    // NaN if it had none; "parameters", of the likelihood (its extras first) and then of the prior.
    std::vector<OutputShape> outputs() const override;
    std::vector<std::string> stats() const override;
    SamplerInfo info() const override;
    Vector parameters(std::size_t chain) const override { return models_[chain].parameters(); }

    // `initial`: coefficients and extras (chains, p + extras); null for a draw for each chain from the
    // Laplace approximation.
    Status start(const double* initial) override;
    std::size_t initial_size() const override { return coefficients(); }
    bool restore(const State& state, std::uint64_t sweeps_done) override;
    State state() override;

    std::size_t shares() const override { return batches_.size(); }
    RunStatus advance(std::size_t share, SweepRange sweeps, const Outputs& outputs) override;
    std::size_t left_in_window(std::uint64_t sweeps_done) const override {
        return warmup_.left_in_window(sweeps_done);
    }
    Status finish_window(std::uint64_t sweeps_done) override;

    const LinearSchedule& schedule() const { return warmup_.schedule(); }
    const WarmupReport& report() const { return warmup_.report(); }

  private:
    // Where the coefficients of a chain with more of them than rows are made.
    struct Coefficients {
        Vector normals, z, beta;  // (p), (k), (p)
    };
    // A batch, the threads that advance it, and its updates.
    struct Share {
        Share(LinearSampler& all, std::size_t first, std::size_t chains, std::size_t threads);

        std::size_t workers;
        ChainBatch batch;
        std::unique_ptr<GibbsUpdate> gibbs;             // null without a Pólya-gamma form of one predictor
        std::unique_ptr<ClassGibbsUpdate> class_gibbs;  // of several predictors
        HmcUpdate hmc;
        ParameterUpdate parameters;
        ScaleUpdate scales;
        std::vector<Coefficients> coefficients;  // (chains)
        bool densities_known = false;            // at the states, in the present coordinates
    };
    // Where the values of some sweeps go.
    struct Arrays {
        OutputArray beta, lp, acceptance_rate, energy, parameters;
    };

    Status move_to_mode();
    void move_to_coefficients();
    void approach_mode();
    // Whether sweeps are data augmentation of several predictors: never in a mix, which they would slow down.
    bool augments_by_class() const {
        return kernel_ == TransitionKernel::gibbs && model_.likelihood.predictors() > 1;
    }
    // Of some chains.
    std::vector<const GaussianPrior*> priors(std::size_t first, std::size_t count);
    std::size_t coefficients() const { return row_space_ ? row_space_->size() : whitening_.size(); }
    void make_shares(std::size_t threads);
    void forget_densities();
    bool only_augments() const;
    std::size_t extras() const { return model_.likelihood.extras(); }

    // What every worker of a share does, in step with the others.
    RunStatus run_gibbs(Worker& worker, Share& share, SweepRange sweeps, const Arrays& out);
    RunStatus run_schedule(Worker& worker, Share& share, SweepRange sweeps, const Arrays& out);
    // Those of a sweep, with data augmentation or without, in their order.
    std::vector<Update*> updates(Share& share, bool augmented) const;
    RunStatus run_update(Worker& worker, Share& share, Update& update, bool& known) const;
    RunStatus evaluate(Worker& worker, Share& share, bool& known) const;
    // The outcome of a sweep, of the worker's own chains.
    void finish_sweep(Worker& worker, Share& share, SweepRange sweeps, std::size_t sweep, const Arrays& out);
    // The coefficients of a chain after a sweep; and as much of lp as z does not tell.
    void write_coefficients(Share& share, std::size_t c, std::size_t sweep, const Arrays& out);
    static void write_lp(const ChainBatch& batch, std::size_t c, std::size_t sweep, const OutputArray& lp);

    const LinearModel& model_;
    const RowSpaceModel* row_space_;
    TransitionKernel kernel_;
    std::vector<BitGen*> bitgens_;
    Whitening whitening_;
    std::vector<ChainModel> models_;  // of the chains
    LinearWarmup warmup_;
    Vector u_;
    std::deque<Share> batches_;
};

}  // namespace polyagamma
