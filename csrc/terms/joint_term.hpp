#pragma once

#include <memory>
#include <vector>

#include "linalg/aligned.hpp"
#include "linalg/status.hpp"
#include "terms/buffers.hpp"
#include "terms/term.hpp"

namespace polyagamma {

// All functions of a softmax as one block, conditioned on the Gaussian likelihood of SoftmaxSurrogate: rows
// (functions, n) with precisions d and linear terms that sum to 0 over the functions, blind to what these
// have in common. They are z_k ~ N(g_k + shift, D_k⁻¹) with one unknown shift, given which the functions are
// independent. ν and g are (functions, ...), too, and so are kernel parameters.
//
// Proposed parameters that are the current ones of a function cost nothing for it.
class JointTerm : public Term {
  public:
    JointTerm(std::vector<std::unique_ptr<FunctionTerm>> functions, std::size_t n_theta);

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
    Status transform(Side side, const double* whitened, double* g) override;

  protected:
    // Rows and ν of a function.
    std::size_t own_rows() const { return n_; }
    std::size_t own_size() const { return own_size_; }
    // Where function k is when all are on that side: its current one unless other parameters are proposed.
    Side side_of(Side side, std::size_t k) const {
        return side == Side::proposed && changed_[k] ? Side::proposed : Side::current;
    }
    // Whether what is said of function k on its side is of its parameters and of these rows.
    bool known(std::size_t k, Side side) { return known_[k][side]; }
    void set_known(std::size_t k, Side side) { known_[k][side] = true; }
    // What is said of function k's proposed side is of its current one now; and that of all together.
    virtual void swap_function(std::size_t k) = 0;
    virtual void swap_joint() = 0;

  private:
    Status load_function(std::size_t k, Side side, const double* theta);

    std::vector<std::unique_ptr<FunctionTerm>> functions_;
    std::size_t n_, own_size_, n_theta_;
    Vector theta_, proposed_theta_;
    std::vector<bool> changed_;
    std::vector<Buffers<bool>> known_;
};

// That of functions, which must be of one kind.
std::unique_ptr<JointTerm> make_joint_term(std::vector<std::unique_ptr<FunctionTerm>> functions,
                                           std::size_t n_theta);

}  // namespace polyagamma
