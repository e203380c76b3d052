#pragma once

#include <cstddef>
#include <vector>

#include "likelihood/binomial.hpp"
#include "likelihood/pseudo_data.hpp"
#include "linalg/aligned.hpp"

namespace polyagamma {

// A Gaussian likelihood of the rows that stands in for theirs in proposals: precision E[-ℓ″] and linear term
// E[ℓ′] + precision E[g], expectations over the posterior, which makes it the best Gaussian approximation
// (Opper and Archambeau 2009, equations 8 and 9). Warm-up averages them.
class GaussianSites {
  public:
    explicit GaussianSites(std::size_t n) : precision_(n), gradient_(n), mean_(n), linear_(n) {}

    void learn(const LatentRows& rows, const double* g);
    // Becomes the mean of several, which have learned equally often.
    void pool(const std::vector<const GaussianSites*>& each);
    bool learned() const { return count_ > 0.0; }
    PseudoData rows() const { return {precision_.size(), precision_.data(), linear_.data()}; }

    // Σ ℓ less the surrogate's log-likelihood.
    double excess(const LatentRows& rows, const double* g) const;

    // Visits all that the surrogate is.
    template <class Visitor>
    void visit(Visitor&& visitor) {
        visitor(&count_, 1);
        for (Vector* part : {&precision_, &gradient_, &mean_, &linear_}) visitor(part->data(), part->size());
    }

  private:
    double count_ = 0.0;
    Vector precision_, gradient_, mean_, linear_;
};

}  // namespace polyagamma
