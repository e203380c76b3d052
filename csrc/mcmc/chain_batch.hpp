#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "linalg/status.hpp"
#include "parallel/region.hpp"
#include "random/bitgen.hpp"
#include "terms/density.hpp"
#include "terms/gradient_pass.hpp"
#include "terms/linear_model.hpp"
#include "terms/whitening.hpp"

namespace polyagamma {

// Likelihood and prior of one chain: those of the model, or copies where they have parameters or scales.
class ChainModel {
  public:
    ChainModel(const LinearModel& model, const Whitening& whitening);

    const ChainPosterior& posterior() const { return posterior_; }
    // Of the chain's own; null where there is none.
    Likelihood* likelihood() { return likelihood_.get(); }
    Prior* prior() { return prior_.get(); }

    // The prior anew, after its scales or the coordinates have changed.
    void whiten(const Whitening& whitening);
    // As much of the log density of parameters, scales and coefficients as the posterior does not tell.
    double log_density() const;

    // Parameters and scales, as they are stored.
    Vector parameters() const;
    bool set_parameters(const Vector& values);

  private:
    std::unique_ptr<Likelihood> likelihood_;
    std::unique_ptr<Prior> prior_;
    std::unique_ptr<WhitenedPrior> whitened_;
    ChainPosterior posterior_;
};

// What the updates of a sweep did to a chain. Chains that different threads advance share no cache line.
struct alignas(64) UpdateInfo {
    double acceptance = 0.0;    // mean of min(1, exp(−energy error)) of the sweep's trajectories
    double energy = 0.0;        // −log π(u) + ½‖v‖² after the last of them
    double energy_error = 0.0;  // of the last proposal
};

// Chains that advance in lockstep, so that they share every pass over the data. What a chain computes does
// not depend on the batch that it is in.
struct ChainBatch {
    // Chains [first, first + chains) of all.
    ChainBatch(std::vector<ChainModel>& all_models, std::size_t first_chain, BitGen* const* all_bitgens,
               double* all_u, std::size_t k, std::size_t chains, std::size_t workers);

    std::size_t size() const { return u.size(); }
    std::vector<const ChainPosterior*> posteriors() const;

    // `density` and `status` of the worker's own chains, if an update or the start has left them unknown. All
    // workers take part.
    void evaluate(Worker& worker, const Whitening& whitening);
    // `status` of the worker's own chains: whether their log-posteriors are finite.
    void check_densities(const Worker& worker);
    // The first chain whose status is not ok, or size(). All workers take part, and get the same answer.
    std::size_t first_failure(Worker& worker) const;

    std::size_t first;  // index of the first chain
    std::vector<ChainModel*> models;
    std::vector<BitGen*> bitgens;
    std::vector<double*> u;
    std::vector<Density> density;  // at u
    std::vector<Status> status;
    std::vector<UpdateInfo> info;

  private:
    GradientPass pass_;
    std::vector<Density*> pointers_;
};

// A Markov transition of all chains of a batch that leaves their posteriors invariant.
class Update {
  public:
    virtual ~Update() = default;
    // What it needs of the batch, and leaves: densities at the states.
    virtual bool needs_densities() const { return false; }
    virtual bool keeps_densities() const { return false; }
    // All workers take part; failures are in the batch's `status`.
    virtual void run(Worker& worker, const Whitening& whitening, ChainBatch& batch) = 0;
};

}  // namespace polyagamma
