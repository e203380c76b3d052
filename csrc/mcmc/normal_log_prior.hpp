#pragma once

#include <cstddef>
#include <utility>

#include "linalg/aligned.hpp"
#include "mcmc/metropolis.hpp"

namespace polyagamma {

// The standard prior of kernel parameters: each log parameter is N(mean, 1), cut off at its bounds. It takes
// no account of the mass between these. The same bits as Python's LogParameterPrior.
class NormalLogPrior final : public LogPrior {
  public:
    // Of the same size. Bounds may be infinite.
    NormalLogPrior(Vector mean, Vector low, Vector high)
        : mean_(std::move(mean)), low_(std::move(low)), high_(std::move(high)) {}
    std::size_t size() const { return mean_.size(); }
    Status evaluate(const double* theta, double& log_density) override;

  private:
    double log_density(const double* theta, std::size_t i) const;

    Vector mean_, low_, high_;
};

}  // namespace polyagamma
