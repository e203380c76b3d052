#include "terms/joint_process.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace polyagamma {

JointProcess::JointProcess(std::vector<std::unique_ptr<FunctionTerm>> functions, std::size_t n_theta,
                           const Blas& blas)
    : JointTerm(std::move(functions), n_theta),
      shift_(own_rows(), blas),
      own_noise_(function(0).noise_size()),
      conditioned_(n_functions()),
      linear_(own_rows()),
      drawn_shift_(own_rows()) {
    for (const Side side : {Side::current, Side::proposed}) {
        posteriors_[side].shift.resize(own_rows());
        for (Buffers<Conditioned>& one : conditioned_) one[side].residual.resize(own_rows());
    }
}

void JointProcess::swap_joint() {
    shift_.swap_sides();
    posteriors_.swap();
}

Status JointProcess::condition_function(std::size_t k, Side side, const PseudoData& rows) {
    Conditioned& to = conditioned_[k][side];
    if (known(k, side)) return {};
    Status result = function(k).condition(side, rows, to.log_evidence);
    if (result.ok()) result = function(k).data_product(side, rows, rows.linear, to.residual.data());
    if (!result.ok()) return result;
    function(k).find_data_precision(side, rows);
    set_known(k, side);
    return result;
}

// z_k ~ N(shift, E_k⁻¹) with E_k = (K_k + D_k⁻¹)⁻¹: given the z the shift is N(M⁻¹ΣE_kz_k, M⁻¹), and
// integrated out it adds -½ log |M| + ½ (ΣE_kz_k)ᵀM⁻¹ΣE_kz_k to the log densities N(z_k; 0, E_k⁻¹).
Status JointProcess::condition(Side side, const PseudoData& rows, double& log_evidence) {
    Vector& sum = linear_;
    Vector& mean = posteriors_[side].shift;
    std::vector<const Vector*> precisions;  // of the z_k
    std::fill(sum.begin(), sum.end(), 0.0);
    log_evidence = 0.0;
    for (std::size_t k = 0; k < n_functions(); ++k) {
        const Side at = side_of(side, k);
        const Status result = condition_function(k, at, rows_of(k, rows));
        if (!result.ok()) return result;
        precisions.push_back(&function(k).data_precision(at));
        const Conditioned& own = conditioned_[k][at];
        for (std::size_t i = 0; i < own_rows(); ++i) sum[i] += own.residual[i];
        log_evidence += own.log_evidence;
    }
    double log_det;
    const Status result = shift_.factor(side, precisions, log_det);
    if (!result.ok()) return result;
    mean = sum;
    shift_.solve(side, mean.data());
    log_evidence += 0.5 * (std::inner_product(sum.begin(), sum.end(), mean.begin(), 0.0) - log_det);
    return std::isfinite(log_evidence) ? Status{} : Status{Status::Kind::not_finite};
}

// Pseudo-data of function k less the shift, on the side of its block.
Status JointProcess::shift_rows(std::size_t k, Side side, const PseudoData& rows, PseudoData& shifted) {
    shifted = rows_of(k, rows);
    for (std::size_t i = 0; i < own_rows(); ++i)
        linear_[i] = shifted.linear[i] - shifted.precision[i] * drawn_shift_[i];
    shifted.linear = linear_.data();
    return function(k).set_linear(side, shifted);
}

Status JointProcess::draw(Side side, const PseudoData& rows, const double* noise, double* whitened,
                          double* g) {
    shift_.draw(side, noise, drawn_shift_.data());
    for (std::size_t i = 0; i < own_rows(); ++i) drawn_shift_[i] += posteriors_[side].shift[i];
    noise += shift_.noise_size();
    for (std::size_t k = 0; k < n_functions(); ++k) {
        PseudoData own;
        const Side at = side_of(side, k);
        Status result = shift_rows(k, at, rows, own);
        if (result.ok())
            result = function(k).draw(at, own, noise + k * own_noise_, whitened + k * own_size(),
                                      g + k * own_rows());
        if (!result.ok()) return result;
    }
    return {};
}

// The shift given g is N(Σ d_k (z_k - g_k) / Σd_k, 1 / Σd_k); given it, each function's noise is its own
// block's.
Status JointProcess::invert_draw(const PseudoData& rows, const double* whitened, const double* g,
                                 double* noise) {
    double* of_functions = noise + shift_.noise_size();
    for (std::size_t i = 0; i < own_rows(); ++i) {
        double total = 0.0, sum = 0.0;
        for (std::size_t at = i; at < n_rows(); at += own_rows()) {
            total += rows.precision[at];
            sum += rows.linear[at] - rows.precision[at] * g[at];
        }
        drawn_shift_[i] = sum / total + noise[i] / std::sqrt(total);
    }
    for (std::size_t k = 0; k < n_functions(); ++k) {
        PseudoData own;
        Status result = shift_rows(k, Side::current, rows, own);
        if (result.ok())
            result = function(k).invert_draw(own, whitened + k * own_size(), g + k * own_rows(),
                                             of_functions + k * own_noise_);
        if (!result.ok()) return result;
    }
    for (std::size_t i = 0; i < own_rows(); ++i) drawn_shift_[i] -= posteriors_[Side::current].shift[i];
    shift_.invert_draw(Side::current, drawn_shift_.data(), noise);
    return {};
}

// h moves the shift by M⁻¹ΣE_kD_k⁻¹h_k, and that pulls at every function.
Status JointProcess::covariance_product(Side side, const PseudoData& rows, const double* h, double* whitened,
                                        double* g) {
    std::fill(drawn_shift_.begin(), drawn_shift_.end(), 0.0);
    for (std::size_t k = 0; k < n_functions(); ++k) {
        const Status result =
            function(k).data_product(side_of(side, k), rows_of(k, rows), h + k * own_rows(), linear_.data());
        if (!result.ok()) return result;
        for (std::size_t i = 0; i < own_rows(); ++i) drawn_shift_[i] += linear_[i];
    }
    shift_.solve(side, drawn_shift_.data());
    for (std::size_t k = 0; k < n_functions(); ++k) {
        const PseudoData own = rows_of(k, rows);
        for (std::size_t i = 0; i < own_rows(); ++i)
            linear_[i] = h[k * own_rows() + i] - own.precision[i] * drawn_shift_[i];
        const Status result = function(k).covariance_product(side_of(side, k), own, linear_.data(),
                                                             whitened + k * own_size(), g + k * own_rows());
        if (!result.ok()) return result;
    }
    return {};
}

}  // namespace polyagamma
