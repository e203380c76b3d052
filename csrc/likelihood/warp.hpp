#pragma once

#include <optional>

#include "linalg/aligned.hpp"
#include "linalg/natural_spline.hpp"

namespace polyagamma {

// A likelihood's extra as an increasing function m of the coordinate z that is sampled in its place, so that
// a skewed posterior becomes nearly normal in z. By default m(z) = z.
class Warp {
  public:
    Warp() = default;
    // Through m at evenly spaced z from −kReach to kReach, kKnots of them; null where that does not increase
    // throughout.
    static std::optional<Warp> through(const Vector& values);
    static constexpr double kReach = 3.5;
    static constexpr std::size_t kKnots = 15;
    static double knot(std::size_t i) { return kReach * (2.0 * static_cast<double>(i) / (kKnots - 1) - 1.0); }

    NaturalSpline::Value at(double z) const {
        return spline_ ? spline_->at(z) : NaturalSpline::Value{z, 1.0, 0.0};
    }
    double inverse(double value) const;
    // m at the knots; empty for m(z) = z.
    Vector values() const { return spline_ ? spline_->y() : Vector(); }

  private:
    std::optional<NaturalSpline> spline_;
};

}  // namespace polyagamma
