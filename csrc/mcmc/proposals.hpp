#pragma once

#include <cstddef>

#include "linalg/aligned.hpp"
#include "random/bitgen.hpp"

namespace polyagamma {

// Proposals of Metropolis-Hastings steps.
class Proposal {
  public:
    virtual ~Proposal() = default;

    virtual void propose(const Vector& theta, BitGen& bitgen, Vector& proposal) = 0;
    // log q(theta | proposal) - log q(proposal | theta).
    virtual double log_ratio(const Vector& theta, const Vector& proposal) const = 0;
    // Takes note that the last proposal had that probability of being accepted.
    virtual void learn(double acceptance) = 0;
};

// A random walk whose steps are N(0, S Sᵀ), S lower triangular. While it learns, S takes the shape and size
// at which about 30 % of proposals are accepted: the robust adaptive Metropolis algorithm (Vihola 2012,
// equation 1).
class RandomWalk final : public Proposal {
  public:
    explicit RandomWalk(std::size_t dimension);

    void propose(const Vector& theta, BitGen& bitgen, Vector& proposal) override;
    double log_ratio(const Vector&, const Vector&) const override { return 0.0; }
    void learn(double acceptance) override;

    // The largest ratio, over dimensions, of the standard deviations of these steps and of another walk's.
    double reach(const RandomWalk& other) const;
    double times_learned() const { return state_.back(); }

    // S (dimension, dimension) row-major, then the number of times it learned: all that the walk is.
    Vector& state() { return state_; }
    const Vector& state() const { return state_; }

  private:
    std::size_t dimension_;
    Vector state_;
    Vector normals_;
};

// Proposals from wherever the chain is: Student's t distribution with 5 degrees of freedom, around the mean
// of the draws that it has seen, with their covariance as its scale matrix. Its tails are heavier than those
// of the posterior that it stands for, so that the chain does not stay where they cross.
class IndependentProposal final : public Proposal {
  public:
    explicit IndependentProposal(std::size_t dimension);

    void propose(const Vector& theta, BitGen& bitgen, Vector& proposal) override;
    double log_ratio(const Vector& theta, const Vector& proposal) const override;
    void learn(double acceptance) override;

    // Takes note of a draw: the t-th has weight t, so that the way to the posterior is forgotten.
    void see(const Vector& theta);
    // Whether it has seen enough draws to be of use.
    bool ready() const;
    // Whether so many are accepted that other moves add little: half of them.
    bool suffices() const;

    // Visits all that it is, as ranges of numbers.
    template <class Visitor>
    void visit(Visitor&& visitor) {
        for (double* number : {&seen_, &tried_, &acceptance_}) visitor(number, 1);
        for (Vector* part : {&mean_, &factor_}) visitor(part->data(), part->size());
    }

  private:
    double log_density(const Vector& theta) const;

    std::size_t dimension_;
    double seen_ = 0.0, tried_ = 0.0, acceptance_ = 0.0;  // the last is the mean of those of the tries
    Vector mean_, factor_;
    Vector normals_;  // dimension of them and those of the χ²
};

}  // namespace polyagamma
