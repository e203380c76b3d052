#include "linalg/natural_spline.hpp"

#include <algorithm>
#include <utility>

namespace polyagamma {

// The tridiagonal equations of continuous slopes, by elimination.
NaturalSpline::NaturalSpline(Vector x, Vector y) : x_(std::move(x)), y_(std::move(y)), bends_(x_.size()) {
    const std::size_t last = x_.size() - 1;
    Vector ratio(x_.size());
    const auto secant = [&](std::size_t i) { return (y_[i + 1] - y_[i]) / (x_[i + 1] - x_[i]); };
    for (std::size_t i = 1; i < last; ++i) {
        const double before = x_[i] - x_[i - 1], after = x_[i + 1] - x_[i];
        const double pivot = 2.0 * (before + after) - before * ratio[i - 1];
        ratio[i] = after / pivot;
        bends_[i] = (6.0 * (secant(i) - secant(i - 1)) - before * bends_[i - 1]) / pivot;
    }
    for (std::size_t i = last; i-- > 1;) bends_[i] -= ratio[i] * bends_[i + 1];
}

NaturalSpline::Value NaturalSpline::at(double x) const {
    const auto next = std::upper_bound(x_.begin() + 1, x_.end() - 1, x);
    const auto i = static_cast<std::size_t>(next - x_.begin()) - 1;
    const double width = x_[i + 1] - x_[i], secant = (y_[i + 1] - y_[i]) / width;
    const double inside = std::min(std::max(x, x_[i]), x_[i + 1]);
    const double a = inside - x_[i], b = x_[i + 1] - inside;
    const double left = bends_[i] / 6.0, right = bends_[i + 1] / 6.0;
    const double slope =
        secant + (left * (width * width - 3.0 * b * b) + right * (3.0 * a * a - width * width)) / width;
    const double value = y_[i] + secant * a - a * b * (left * (width + b) + right * (width + a)) / width;
    return {value + slope * (x - inside), slope, 6.0 * (left * b + right * a) / width};
}

}  // namespace polyagamma
