#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "gibbs/coordinates.hpp"
#include "gibbs/gibbs_sweep.hpp"
#include "gibbs/gradient_pass.hpp"
#include "gibbs/group.hpp"
#include "gibbs/hmc.hpp"
#include "gibbs/model.hpp"
#include "linalg/status.hpp"
#include "random/bitgen.hpp"

namespace polyagamma {

// Where the values of each chain and draw go; a null pointer where they are not wanted.
struct OutputArray {
    double* data = nullptr;
    std::ptrdiff_t chain_step = 0;
    std::ptrdiff_t draw_step = 0;

    double* at(std::size_t chain, std::size_t draw) const {
        return data + static_cast<std::ptrdiff_t>(chain) * chain_step + static_cast<std::ptrdiff_t>(draw) * draw_step;
    }
};

struct Output {
    OutputArray beta;  // the coefficients, contiguous
    OutputArray lp;    // log posterior: log-likelihood − ½ (β−m₀)ᵀΛ(β−m₀)
    OutputArray acceptance_rate, energy;
};

// The outcome of a run: a status and, if it is not ok, where the first failure was.
struct RunStatus {
    Status status;
    std::size_t chain = 0;
    std::size_t sweep = 0;
};

// All chains of a run. Chain c draws its random numbers from bitgens[c] only, and neither the number of threads nor
// the way of cutting a run into calls changes its draws.
class Chains {
  public:
    // initial: (chains, p).
    Chains(const Model& model, std::vector<BitGen*> bitgens, const double* initial, unsigned threads);

    RunStatus run(std::size_t sweeps, const Output& output);

    std::size_t size() const { return bitgens_.size(); }
    std::uint64_t sweeps_done() const { return sweeps_done_; }
    // The states, (chains, size of coordinates): what `set_states` takes to go on with the same bits.
    const Vector& states() const { return u_; }
    void set_states(const double* u, std::uint64_t sweeps_done);

    Coordinates& coordinates() { return coordinates_; }
    struct Debug { std::size_t trajectories = 0; HmcSettings hmc; bool gibbs = true; } debug;
    void move(const double* centre, const double* basis);

  private:
    // A group and the workspaces of its kernels.
    struct Worker {
        Group group;
        GibbsSweep gibbs;
        SplitHmc hmc;
    };

    void make_groups(unsigned threads);
    RunStatus run_gibbs(Worker& worker, std::size_t sweeps, const Output& output);
    RunStatus run_hmc(Worker& worker, std::size_t sweeps, const Output& output);

    const Model& model_;
    std::vector<BitGen*> bitgens_;
    Coordinates coordinates_;
    Vector u_;
    std::vector<Worker> workers_;
    unsigned threads_;
    std::uint64_t sweeps_done_ = 0;
};

}  // namespace polyagamma
