#include "mcmc/moving_rows.hpp"

#include <algorithm>

#include "simd/lanes_sum.hpp"
#include "simd/loops.hpp"

namespace polyagamma {

MovingRows::MovingRows(const ShrunkModel& model, std::size_t column, const PolyaGammaForm& form,
                       const Vector& eta) {
    const UncommonColumns& uncommon = model.uncommon;
    if (!uncommon.columns.empty() && !uncommon.columns[column].rows.empty()) few_ = &uncommon.columns[column];
    if (few_ == nullptr) {
        x_ = column_of(model, column);
        eta_ = eta;
        b_.assign(form.b, form.b + eta.size());
        kappa_.assign(form.kappa, form.kappa + eta.size());
    } else {
        const std::size_t size = padded_rows(few_->rows.size());
        of_intercept_ = -few_->common / uncommon.constant;
        x_ = few_->more;
        for (Vector* part : {&x_, &eta_, &b_, &kappa_}) part->resize(size);
        for (std::size_t i = 0; i < few_->rows.size(); ++i) {
            const std::size_t row = few_->rows[i];
            eta_[i] = eta[row];
            b_[i] = form.b[row];
            kappa_[i] = form.kappa[row];
        }
    }
    for (double& one : eta_) one += form.shift;
    moved_.resize(eta_.size());
}

double MovingRows::log_likelihood(double change) {
    double lanes[kPanelRows] = {};
    for (std::size_t i = 0; i < eta_.size(); ++i) moved_[i] = eta_[i] + change * x_[i];
    loops().model.residual_and_log_likelihood(kappa_.data(), b_.data(), eta_.size(), moved_.data(), lanes);
    return sum_lanes(lanes);
}

void MovingRows::move(double change, Vector& eta) const {
    if (few_ == nullptr) {
        for (std::size_t i = 0; i < eta.size(); ++i) eta[i] += change * x_[i];
    } else {
        for (std::size_t i = 0; i < few_->rows.size(); ++i) eta[few_->rows[i]] += change * x_[i];
    }
}

}  // namespace polyagamma
