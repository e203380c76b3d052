#pragma once

#include <cstddef>
#include <memory>

#include "linalg/aligned.hpp"
#include "linalg/status.hpp"
#include "random/bitgen.hpp"
#include "terms/linear_model.hpp"

namespace polyagamma {

// A model with more coefficients (p) than rows (n), as an equivalent one with n coefficients. With Λ = G Gᵀ
// and the LQ factorisation X G⁻ᵀ = L V (L n×n, V with orthonormal rows), the whitened coefficients x = Gᵀ(β −
// m₀) ~ N(0, I) enter the likelihood through z = V x only, as η = offset + X m₀ + L z with z ~ N(0, I). The
// rest of x stays as in the prior: x = ξ + Vᵀ(z − Vξ), ξ ~ N(0, I), for every draw of z. So a sweep costs an
// n×n solve, and all updates work on z unchanged.
class RowSpaceModel {
  public:
    Status assign(const LinearModel& model);

    const LinearModel& reduced() const { return *reduced_; }
    std::size_t size() const { return model_->prior.size(); }
    // z of coefficients β.
    void reduce(const double* beta, double* z) const;
    // The coefficients of z, with ξ = normals (p), which is overwritten. Returns ½‖x‖² − ½‖z‖²: by how much
    // the log-prior of β is below that of z.
    double complete(const double* z, double* normals, double* beta) const;

  private:
    void solve_factor(double* row) const;

    const LinearModel* model_ = nullptr;
    Vector factor_;                     // (p) √Λ, or (p, p) lower G
    Vector lower_;                      // (n, n) L
    Vector orthonormal_;                // (n, p) V
    std::unique_ptr<FixedPrior> unit_;  // N(0, I) of z
    std::unique_ptr<LinearModel> reduced_;
};

}  // namespace polyagamma
