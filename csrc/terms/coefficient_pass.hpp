#pragma once

#include <cstddef>
#include <memory>

#include "likelihood/likelihood.hpp"
#include "linalg/aligned.hpp"
#include "parallel/region.hpp"
#include "terms/density.hpp"
#include "terms/design_columns.hpp"

namespace polyagamma {

class SparseDesign;

// The log-likelihood and its derivative in the coefficients (likelihood's extras are the last of them, with
// their prior), for up to kBatchChains chains that share a pass over the design.
class CoefficientPass {
  public:
    virtual ~CoefficientPass() = default;

    // densities[c] at coefficients[c]: `log_posterior` is the log-likelihood. All workers take part; they
    // meet before any coefficient is read, and after the last derivative is written.
    virtual void run(Worker& worker, const double* const* coefficients, bool wants_value,
                     Density* const* densities) = 0;
};

// A design of which samplers know products only.
class ProductDesign {
  public:
    virtual ~ProductDesign() = default;

    virtual const Likelihood& likelihood() const = 0;
    // How many workers a pass has enough work for: they wait for each other several times in each.
    virtual std::size_t workers() const = 0;
    // Those of the linear predictors, one after the other, and the likelihood's extras.
    virtual std::size_t coefficients() const = 0;
    virtual std::unique_ptr<CoefficientPass> pass(std::size_t chains) const = 0;
    // Σᵢ wᵢ x_ij², the curvature of the log-likelihood in every coefficient, at these coefficients.
    virtual Vector curvature_at(const double* coefficients) const = 0;
    // Of one linear predictor; null where columns are too long for updates one by one.
    virtual const DesignColumns* by_column() const { return nullptr; }
    // Itself, if its predictors are sparse.
    virtual const SparseDesign* sparse() const { return nullptr; }
};

}  // namespace polyagamma
