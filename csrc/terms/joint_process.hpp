#pragma once

#include <memory>
#include <vector>

#include "linalg/aligned.hpp"
#include "linalg/status.hpp"
#include "terms/buffers.hpp"
#include "terms/shared_shift.hpp"
#include "terms/term.hpp"

namespace polyagamma {

// All functions of a softmax as one block, conditioned on the Gaussian likelihood of SoftmaxSurrogate: rows
// (functions, n) with precisions d and linear terms that sum to 0 over the functions, blind to what these
// have in common. ν and g are (functions, ...), too, and so are kernel parameters. Given the shift of
// SharedShift the functions are independent, each in its own block; all that follows is linear in it.
//
// Proposed parameters that are the current ones of a function cost nothing for it.
class JointProcess final : public Term {
  public:
    JointProcess(std::vector<std::unique_ptr<FunctionTerm>> functions, std::size_t n_theta);

    std::size_t n_functions() const { return functions_.size(); }
    FunctionTerm& function(std::size_t k) { return *functions_[k]; }
    // Blocks of functions have been loaded with these parameters, or conditioned on other rows.
    void forget(const double* theta);
    // The rows that follow are others.
    void forget_rows();

    std::size_t n_rows() const override { return n_functions() * n_; }
    std::size_t whitened_size() const override { return n_functions() * own_size_; }
    Status load(Side side, const double* theta) override;
    void swap_sides() override;
    Status condition(Side side, const PseudoData& rows, double& log_evidence) override;
    std::size_t noise_size() const override { return shift_->noise_size() + n_functions() * own_noise_; }
    Status draw(Side side, const PseudoData& rows, const double* noise, double* whitened, double* g) override;
    Status invert_draw(const PseudoData& rows, const double* whitened, const double* g,
                       double* noise) override;
    // h must sum to 0 over the functions, as gradients of a softmax do.
    Status covariance_product(Side side, const PseudoData& rows, const double* h, double* whitened,
                              double* g) override;
    Status transform(Side side, const double* whitened, double* g) override;

  private:
    // A function on one of its sides, conditioned on pseudo-data.
    struct Conditioned {
        bool known = false;
        double log_evidence = 0.0;
        Vector residual;  // (K + D⁻¹)⁻¹ z
    };
    struct Posterior {
        Vector shift;  // its mean
    };

    PseudoData rows_of(std::size_t k, const PseudoData& rows) const {
        return {n_, rows.precision + k * n_, rows.linear + k * n_};
    }
    // Where function k is when all are on that side: its current one unless other parameters are proposed.
    Side side_of(Side side, std::size_t k) const {
        return side == Side::proposed && changed_[k] ? Side::proposed : Side::current;
    }
    Status load_function(std::size_t k, Side side, const double* theta);
    Status condition_function(std::size_t k, Side side, const PseudoData& rows);
    Status shift_rows(std::size_t k, Side side, const PseudoData& rows, PseudoData& shifted);

    std::vector<std::unique_ptr<FunctionTerm>> functions_;
    std::unique_ptr<SharedShift> shift_;
    std::size_t n_, own_size_, own_noise_, n_theta_;
    Vector theta_, proposed_theta_;
    std::vector<bool> changed_;
    std::vector<Buffers<Conditioned>> conditioned_;
    Buffers<Posterior> posteriors_;
    Vector linear_, drawn_shift_;  // (n,)
};

}  // namespace polyagamma
