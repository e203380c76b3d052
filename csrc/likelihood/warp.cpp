#include "likelihood/warp.hpp"

namespace polyagamma {
namespace {

// A slope of the spline is at least this share of the mean slope between its knots. The spline's own is
// parabolic between knots, so that a few points tell.
constexpr double kLeastSlope = 0.1;

bool increases(const NaturalSpline& spline) {
    constexpr int kPoints = 8;
    for (std::size_t i = 0; i + 1 < spline.x().size(); ++i) {
        const double width = spline.x()[i + 1] - spline.x()[i], rise = spline.y()[i + 1] - spline.y()[i];
        for (int j = 0; j <= kPoints; ++j) {
            const double slope = spline.at(spline.x()[i] + width * j / kPoints).slope;
            if (!(rise > 0.0) || !(slope > kLeastSlope * rise / width)) return false;
        }
    }
    return true;
}

}  // namespace

std::optional<Warp> Warp::through(const Vector& values) {
    if (values.size() != kKnots) return {};
    Vector z(kKnots);
    for (std::size_t i = 0; i < kKnots; ++i) z[i] = knot(i);
    Warp warp;
    warp.spline_.emplace(std::move(z), values);
    if (!increases(*warp.spline_)) return {};
    return warp;
}

double Warp::inverse(double value) const {
    if (!spline_) return value;
    double low = -kReach, high = kReach;
    for (const double end : {low, high}) {
        const NaturalSpline::Value at_end = at(end);
        if (end < 0.0 ? value <= at_end.value : value >= at_end.value)
            return end + (value - at_end.value) / at_end.slope;
    }
    for (int i = 0; i < 60; ++i) {
        const double middle = 0.5 * (low + high);
        (at(middle).value < value ? low : high) = middle;
    }
    return 0.5 * (low + high);
}

}  // namespace polyagamma
