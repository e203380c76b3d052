#include "terms/joint_term.hpp"

#include <algorithm>
#include <utility>

#include "terms/full_process.hpp"
#include "terms/joint_low_rank.hpp"
#include "terms/joint_process.hpp"
#include "terms/low_rank_process.hpp"

namespace polyagamma {

JointTerm::JointTerm(std::vector<std::unique_ptr<FunctionTerm>> functions, std::size_t n_theta)
    : functions_(std::move(functions)),
      n_(functions_.front()->n_rows()),
      own_size_(functions_.front()->whitened_size()),
      n_theta_(n_theta),
      theta_(functions_.size() * n_theta),
      proposed_theta_(theta_.size()),
      changed_(functions_.size()),
      known_(functions_.size()) {
    for (const std::unique_ptr<FunctionTerm>& function : functions_) function->use_own_loops();
    forget_rows();
}

void JointTerm::forget(const double* theta) {
    std::copy_n(theta, theta_.size(), theta_.begin());
    forget_rows();
}

void JointTerm::forget_rows() {
    for (Buffers<bool>& function : known_)
        for (const Side side : {Side::current, Side::proposed}) function[side] = false;
}

// Parameters that another function has are copied from it: two that exchange theirs cost no evaluation.
Status JointTerm::load_function(std::size_t k, Side side, const double* theta) {
    for (std::size_t j = 0; side == Side::proposed && j < n_functions(); ++j) {
        if (!std::equal(theta, theta + n_theta_, theta_.data() + j * n_theta_)) continue;
        functions_[k]->copy_parameters(side, *functions_[j]);
        return {};
    }
    return functions_[k]->load(side, theta);
}

Status JointTerm::load(Side side, const double* theta) {
    Vector& to = side == Side::current ? theta_ : proposed_theta_;
    for (std::size_t k = 0; k < n_functions(); ++k) {
        const double* own = theta + k * n_theta_;
        changed_[k] =
            side == Side::proposed && !std::equal(own, own + n_theta_, theta_.data() + k * n_theta_);
        if (side == Side::proposed && !changed_[k]) continue;
        known_[k][side] = false;
        const Status result = load_function(k, side, own);
        if (!result.ok()) return result;
    }
    std::copy_n(theta, to.size(), to.begin());
    return {};
}

void JointTerm::swap_sides() {
    for (std::size_t k = 0; k < n_functions(); ++k) {
        if (!changed_[k]) continue;
        functions_[k]->swap_sides();
        known_[k].swap();
        swap_function(k);
    }
    theta_.swap(proposed_theta_);
    swap_joint();
}

Status JointTerm::transform(Side side, const double* whitened, double* g) {
    for (std::size_t k = 0; k < n_functions(); ++k) {
        const Status result =
            functions_[k]->transform(side_of(side, k), whitened + k * own_size_, g + k * n_);
        if (!result.ok()) return result;
    }
    return {};
}

std::unique_ptr<JointTerm> make_joint_term(std::vector<std::unique_ptr<FunctionTerm>> functions,
                                           std::size_t n_theta) {
    const auto* sparse = dynamic_cast<const LowRankProcess*>(functions.front().get());
    if (sparse == nullptr) {
        const Blas& blas = static_cast<const FullProcess&>(*functions.front()).blas();
        return std::make_unique<JointProcess>(std::move(functions), n_theta, blas);
    }
    if (functions.size() * sparse->n_features() < sparse->n_rows())
        return std::make_unique<JointLowRank>(std::move(functions), n_theta, sparse->blas());
    const Blas& blas = sparse->blas();  // a matrix of the rows is smaller than one of all coefficients
    return std::make_unique<JointProcess>(std::move(functions), n_theta, blas);
}

}  // namespace polyagamma
