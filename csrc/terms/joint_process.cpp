#include "terms/joint_process.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace polyagamma {

JointProcess::JointProcess(std::vector<std::unique_ptr<FunctionTerm>> functions, std::size_t n_theta)
    : functions_(std::move(functions)),
      shift_(make_shared_shift(functions_)),
      n_(functions_.front()->n_rows()),
      own_size_(functions_.front()->whitened_size()),
      own_noise_(functions_.front()->noise_size()),
      n_theta_(n_theta),
      theta_(functions_.size() * n_theta),
      proposed_theta_(theta_.size()),
      changed_(functions_.size()),
      conditioned_(functions_.size()),
      linear_(n_),
      drawn_shift_(n_) {
    for (const std::unique_ptr<FunctionTerm>& function : functions_) function->use_own_loops();
    for (const Side side : {Side::current, Side::proposed}) {
        posteriors_[side].shift.resize(n_);
        for (Buffers<Conditioned>& function : conditioned_) function[side].residual.resize(n_);
    }
}

void JointProcess::forget(const double* theta) {
    std::copy_n(theta, theta_.size(), theta_.begin());
    forget_rows();
}

void JointProcess::forget_rows() {
    for (Buffers<Conditioned>& function : conditioned_)
        for (const Side side : {Side::current, Side::proposed}) function[side].known = false;
}

// Parameters that another function has are copied from it: two that exchange theirs cost no evaluation.
Status JointProcess::load_function(std::size_t k, Side side, const double* theta) {
    for (std::size_t j = 0; side == Side::proposed && j < n_functions(); ++j) {
        if (!std::equal(theta, theta + n_theta_, theta_.data() + j * n_theta_)) continue;
        functions_[k]->copy_parameters(side, *functions_[j]);
        return {};
    }
    return functions_[k]->load(side, theta);
}

Status JointProcess::load(Side side, const double* theta) {
    Vector& to = side == Side::current ? theta_ : proposed_theta_;
    for (std::size_t k = 0; k < n_functions(); ++k) {
        const double* own = theta + k * n_theta_;
        changed_[k] =
            side == Side::proposed && !std::equal(own, own + n_theta_, theta_.data() + k * n_theta_);
        if (side == Side::proposed && !changed_[k]) continue;
        conditioned_[k][side].known = false;
        const Status result = load_function(k, side, own);
        if (!result.ok()) return result;
    }
    std::copy_n(theta, to.size(), to.begin());
    return {};
}

void JointProcess::swap_sides() {
    for (std::size_t k = 0; k < n_functions(); ++k) {
        if (!changed_[k]) continue;
        functions_[k]->swap_sides();
        conditioned_[k].swap();
    }
    theta_.swap(proposed_theta_);
    shift_->swap_sides();
    posteriors_.swap();
}

Status JointProcess::condition_function(std::size_t k, Side side, const PseudoData& rows) {
    Conditioned& to = conditioned_[k][side];
    if (to.known) return {};
    Status result = functions_[k]->condition(side, rows, to.log_evidence);
    if (result.ok()) result = functions_[k]->data_product(side, rows, rows.linear, to.residual.data());
    if (!result.ok()) return result;
    shift_->update(k, side, rows);
    to.known = true;
    return result;
}

// z_k ~ N(shift, E_k⁻¹) with E_k = (K_k + D_k⁻¹)⁻¹: given the z the shift is N(M⁻¹ΣE_kz_k, M⁻¹), and
// integrated out it adds -½ log |M| + ½ (ΣE_kz_k)ᵀM⁻¹ΣE_kz_k to the log densities N(z_k; 0, E_k⁻¹).
Status JointProcess::condition(Side side, const PseudoData& rows, double& log_evidence) {
    Vector& sum = linear_;
    Vector& mean = posteriors_[side].shift;
    std::vector<Side> sides;
    std::fill(sum.begin(), sum.end(), 0.0);
    log_evidence = 0.0;
    for (std::size_t k = 0; k < n_functions(); ++k) {
        sides.push_back(side_of(side, k));
        const Status result = condition_function(k, sides[k], rows_of(k, rows));
        if (!result.ok()) return result;
        const Conditioned& own = conditioned_[k][sides[k]];
        for (std::size_t i = 0; i < n_; ++i) sum[i] += own.residual[i];
        log_evidence += own.log_evidence;
    }
    double log_det;
    const Status result = shift_->factor(side, sides, rows.precision, log_det);
    if (!result.ok()) return result;
    mean = sum;
    shift_->solve(side, mean.data());
    log_evidence += 0.5 * (std::inner_product(sum.begin(), sum.end(), mean.begin(), 0.0) - log_det);
    return std::isfinite(log_evidence) ? Status{} : Status{Status::Kind::not_finite};
}

// Pseudo-data of function k less the shift, on the side of its block.
Status JointProcess::shift_rows(std::size_t k, Side side, const PseudoData& rows, PseudoData& shifted) {
    shifted = rows_of(k, rows);
    for (std::size_t i = 0; i < n_; ++i)
        linear_[i] = shifted.linear[i] - shifted.precision[i] * drawn_shift_[i];
    shifted.linear = linear_.data();
    return functions_[k]->set_linear(side, shifted);
}

Status JointProcess::draw(Side side, const PseudoData& rows, const double* noise, double* whitened,
                          double* g) {
    shift_->draw(side, noise, drawn_shift_.data());
    for (std::size_t i = 0; i < n_; ++i) drawn_shift_[i] += posteriors_[side].shift[i];
    noise += shift_->noise_size();
    for (std::size_t k = 0; k < n_functions(); ++k) {
        PseudoData own;
        const Side at = side_of(side, k);
        Status result = shift_rows(k, at, rows, own);
        if (result.ok())
            result =
                functions_[k]->draw(at, own, noise + k * own_noise_, whitened + k * own_size_, g + k * n_);
        if (!result.ok()) return result;
    }
    return {};
}

// The shift given g is N(Σ d_k (z_k - g_k) / Σd_k, 1 / Σd_k); given it, each function's noise is its own
// block's.
Status JointProcess::invert_draw(const PseudoData& rows, const double* whitened, const double* g,
                                 double* noise) {
    double* of_functions = noise + shift_->noise_size();
    for (std::size_t i = 0; i < n_; ++i) {
        double total = 0.0, sum = 0.0;
        for (std::size_t at = i; at < n_rows(); at += n_) {
            total += rows.precision[at];
            sum += rows.linear[at] - rows.precision[at] * g[at];
        }
        drawn_shift_[i] = sum / total + noise[i] / std::sqrt(total);
    }
    for (std::size_t k = 0; k < n_functions(); ++k) {
        PseudoData own;
        Status result = shift_rows(k, Side::current, rows, own);
        if (result.ok())
            result = functions_[k]->invert_draw(own, whitened + k * own_size_, g + k * n_,
                                                of_functions + k * own_noise_);
        if (!result.ok()) return result;
    }
    for (std::size_t i = 0; i < n_; ++i) drawn_shift_[i] -= posteriors_[Side::current].shift[i];
    shift_->invert_draw(Side::current, drawn_shift_.data(), noise);
    return {};
}

// h moves the shift by M⁻¹ΣE_kD_k⁻¹h_k, and that pulls at every function.
Status JointProcess::covariance_product(Side side, const PseudoData& rows, const double* h, double* whitened,
                                        double* g) {
    std::fill(drawn_shift_.begin(), drawn_shift_.end(), 0.0);
    for (std::size_t k = 0; k < n_functions(); ++k) {
        const Status result =
            functions_[k]->data_product(side_of(side, k), rows_of(k, rows), h + k * n_, linear_.data());
        if (!result.ok()) return result;
        for (std::size_t i = 0; i < n_; ++i) drawn_shift_[i] += linear_[i];
    }
    shift_->solve(side, drawn_shift_.data());
    for (std::size_t k = 0; k < n_functions(); ++k) {
        const PseudoData own = rows_of(k, rows);
        for (std::size_t i = 0; i < n_; ++i) linear_[i] = h[k * n_ + i] - own.precision[i] * drawn_shift_[i];
        const Status result = functions_[k]->covariance_product(side_of(side, k), own, linear_.data(),
                                                                whitened + k * own_size_, g + k * n_);
        if (!result.ok()) return result;
    }
    return {};
}

Status JointProcess::transform(Side side, const double* whitened, double* g) {
    for (std::size_t k = 0; k < n_functions(); ++k) {
        const Status result =
            functions_[k]->transform(side_of(side, k), whitened + k * own_size_, g + k * n_);
        if (!result.ok()) return result;
    }
    return {};
}

}  // namespace polyagamma
