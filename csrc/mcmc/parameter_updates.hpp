#pragma once

#include <vector>

#include "linalg/aligned.hpp"
#include "mcmc/chain_batch.hpp"

namespace polyagamma {

// The likelihood's own parameters given the linear predictors.
class ParameterUpdate final : public Update {
  public:
    void run(Worker& worker, const Whitening& whitening, ChainBatch& batch) override;
};

// The prior's scales given the coefficients.
class ScaleUpdate final : public Update {
  public:
    void run(Worker& worker, const Whitening& whitening, ChainBatch& batch) override;
};

}  // namespace polyagamma
