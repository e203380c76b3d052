#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "mcmc/outputs.hpp"
#include "mcmc/process_update.hpp"

namespace polyagamma {

// Data of a Gaussian-process model with `functions` latent functions, one for each class of a softmax, or one
// alone for binary and binomial rows.
struct ProcessData {
    std::size_t n, functions;
    const double* shape;   // (n,)
    const double* kappa;   // (functions, n)
    const double* offset;  // (functions, n)
};

// Where `run` puts the values of each chain and draw; null: nowhere.
struct ProcessDraws {
    OutputArray g;         // (functions, n)
    OutputArray whitened;  // (functions, first n_whitened of ν)
    OutputArray theta;     // (functions, n_theta)
    OutputArray log_posterior;
    Moves<OutputArray> acceptance;
    std::size_t n_whitened = 0;
};

struct ProcessFailure {
    Evaluation kind = Evaluation::ok;
    std::size_t chain = 0, sweep = 0;
};

// The steps of a sweep, and which sweeps after warm-up, where all are, are complete.
struct Schedule {
    Moves<std::size_t> steps;
    std::size_t complete_every;
};

using BlockFactory = std::function<std::unique_ptr<Term>()>;

// All chains of a run. Chains share nothing but the data and what the blocks share, so threads change no bit.
class ProcessChains {
  public:
    // `initial_theta`: (chains, functions, n_theta). One block is made for each thread.
    ProcessChains(const ProcessData& data, const BlockFactory& make_block, LogPrior* prior,
                  const Schedule& schedule, const double* initial_theta, std::size_t n_theta,
                  std::vector<BitGen*> bitgens, std::size_t tune, std::size_t threads);
    ~ProcessChains();

    // `sweeps` sweeps of every chain; the first that fails in each thread ends that thread's work.
    ProcessFailure run(std::size_t sweeps, const ProcessDraws& draws);

    std::size_t sweeps_done() const { return sweeps_done_; }
    // Everything to go on with the same bits, except the bit generators: (chains, functions, numbers).
    Vector state();
    // False, and nothing changed, if that is not the size of a state of these chains.
    bool set_state(const double* numbers, std::size_t size, std::size_t sweeps_done);
    std::size_t n_chains() const { return bitgens_.size(); }
    LatentState& latent(std::size_t chain, std::size_t function) {
        return states_[chain * data_.functions + function];
    }

  private:
    class Sampler;
    ProcessFailure run_share(std::size_t thread, std::size_t sweeps, const ProcessDraws& draws);
    void store(std::size_t chain, std::size_t sweep, const SweepInfo& info, double log_posterior,
               const ProcessDraws& draws);

    ProcessData data_;
    std::vector<BitGen*> bitgens_;
    std::size_t tune_, complete_every_, sweeps_done_ = 0;
    std::vector<LatentState> states_;
    std::vector<std::unique_ptr<Sampler>> samplers_;
};

}  // namespace polyagamma
