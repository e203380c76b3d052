#pragma once

#include "linalg/aligned.hpp"

namespace polyagamma {

// The natural cubic spline through some points, continued by straight lines: its second derivative is
// continuous everywhere.
class NaturalSpline {
  public:
    // `x` ascending, two points or more.
    NaturalSpline(Vector x, Vector y);

    struct Value {
        double value, slope, bend;
    };
    Value at(double x) const;
    const Vector& x() const { return x_; }
    const Vector& y() const { return y_; }

  private:
    Vector x_, y_, bends_;  // bends: second derivatives
};

}  // namespace polyagamma
