#pragma once

#include <memory>
#include <vector>

#include "linalg/aligned.hpp"
#include "linalg/blas.hpp"
#include "linalg/status.hpp"
#include "terms/buffers.hpp"
#include "terms/dense_shift.hpp"
#include "terms/joint_term.hpp"

namespace polyagamma {

// Functions of any kind: given the shift each is drawn in its own block, and all that follows is linear in
// it.
class JointProcess final : public JointTerm {
  public:
    JointProcess(std::vector<std::unique_ptr<FunctionTerm>> functions, std::size_t n_theta, const Blas& blas);

    Status condition(Side side, const PseudoData& rows, double& log_evidence) override;
    std::size_t noise_size() const override { return shift_.noise_size() + n_functions() * own_noise_; }
    Status draw(Side side, const PseudoData& rows, const double* noise, double* whitened, double* g) override;
    Status invert_draw(const PseudoData& rows, const double* whitened, const double* g,
                       double* noise) override;
    // h must sum to 0 over the functions, as gradients of a softmax do.
    Status covariance_product(Side side, const PseudoData& rows, const double* h, double* whitened,
                              double* g) override;

  protected:
    void swap_function(std::size_t k) override { conditioned_[k].swap(); }
    void swap_joint() override;

  private:
    // A function on one of its sides, conditioned on pseudo-data.
    struct Conditioned {
        double log_evidence = 0.0;
        Vector residual;  // (K + D⁻¹)⁻¹ z
    };
    struct Posterior {
        Vector shift;  // its mean
    };

    PseudoData rows_of(std::size_t k, const PseudoData& rows) const {
        return {own_rows(), rows.precision + k * own_rows(), rows.linear + k * own_rows()};
    }
    Status condition_function(std::size_t k, Side side, const PseudoData& rows);
    Status shift_rows(std::size_t k, Side side, const PseudoData& rows, PseudoData& shifted);

    DenseShift shift_;
    std::size_t own_noise_;
    std::vector<Buffers<Conditioned>> conditioned_;
    Buffers<Posterior> posteriors_;
    Vector linear_, drawn_shift_;  // (n,)
};

}  // namespace polyagamma
