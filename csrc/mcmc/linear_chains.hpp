#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "linalg/status.hpp"
#include "mcmc/chain_batch.hpp"
#include "mcmc/gibbs_update.hpp"
#include "mcmc/hmc_update.hpp"
#include "mcmc/linear_schedule.hpp"
#include "mcmc/linear_warmup.hpp"
#include "mcmc/outputs.hpp"
#include "parallel/region.hpp"
#include "random/bitgen.hpp"
#include "terms/linear_model.hpp"
#include "terms/row_space.hpp"
#include "terms/whitening.hpp"

namespace polyagamma {

// The outcome of a run: a status and, if it is not ok, where the first failure was.
struct RunStatus {
    Status status;
    std::size_t chain = 0;
    std::size_t sweep = 0;
};

struct ChainsOptions {
    TransitionKernel kernel = TransitionKernel::automatic;
    std::size_t tune = 0;
    unsigned threads = 1;
};

// All chains of a run. Chain c draws its random numbers from bitgens[c] only, and neither the number of
// threads nor the way of cutting a run into calls changes its draws.
class Chains {
  public:
    // `model` is wide->reduced() if `wide` is given, and then the coefficients written are those of the wide
    // model.
    Chains(const Model& model, const RowSpaceModel* wide, std::vector<BitGen*> bitgens,
           const ChainsOptions& options);

    // Once before `run`, unless a saved state is set: initial (chains, p), or null for a draw of its own for
    // every chain from the Laplace approximation.
    Status start(const double* initial);
    RunStatus run(std::size_t sweeps, const Output& output);

    std::size_t size() const { return bitgens_.size(); }
    std::uint64_t sweeps_done() const { return sweeps_done_; }
    TransitionKernel kernel() const { return options_.kernel; }
    const SweepSettings& settings() const { return warmup_.settings(); }
    const WarmupReport& report() const { return warmup_.report(); }

    // What goes on to the same bits, besides the bit generators.
    struct State {
        Vector u;       // (chains, k)
        Vector centre;  // (k) of the whitening
        Vector basis;   // (k, k)
        Vector warmup;
        std::uint64_t sweeps_done;
    };
    State state();
    // False, and nothing changed, if the state is that of other chains.
    bool set_state(const State& state);

  private:
    // Where the coefficients of a chain's wide model are made.
    struct Coefficients {
        Vector normals, z, beta;  // (p), (k), (p)
    };
    // A group, the team that advances it, and the workspaces of its kernels.
    struct BatchSampler {
        BatchSampler(const Rows& rows, std::size_t k, std::size_t first, std::size_t chains,
                     std::size_t coefficients, std::size_t threads, BitGen* const* bitgens, double* u);

        std::size_t workers;
        ChainBatch group;
        GibbsUpdate gibbs;
        HmcUpdate hmc;
        std::vector<Coefficients> coefficients;  // (chains)
    };

    Status move_to_mode();
    std::size_t coefficients() const { return row_space_ ? row_space_->size() : whitening_.size(); }
    void make_samplers();
    RunStatus run_window(std::size_t sweeps, const Output& output);
    // What every worker of a sampler's team does, in step with the others.
    RunStatus run_gibbs(Worker& worker, BatchSampler& sampler, std::size_t sweeps, const Output& output);
    RunStatus run_mix(Worker& worker, BatchSampler& sampler, std::size_t sweeps, const Output& output);
    // The trajectories of a sweep, and its output.
    void move(Worker& worker, BatchSampler& sampler, std::size_t sweep, const Output& output);
    // The coefficients of a chain after a sweep; and as much of lp as z does not tell.
    void write_coefficients(BatchSampler& sampler, std::size_t c, std::size_t sweep, const Output& output);
    static void write_lp(const ChainBatch& group, std::size_t c, std::size_t sweep, const OutputArray& lp);

    const Model& model_;
    const RowSpaceModel* row_space_;
    ChainsOptions options_;
    std::vector<BitGen*> bitgens_;
    Whitening whitening_;
    Warmup warmup_;
    Vector u_;
    std::deque<BatchSampler> samplers_;
    bool densities_known_ = false;  // those of the groups, at u_ in whitening_
    std::uint64_t sweeps_done_ = 0;
};

}  // namespace polyagamma
