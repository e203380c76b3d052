#pragma once

namespace polyagamma {

// Scaled complementary error function exp(x²) erfc(x) for x >= −1; relative error below 2e-15.
double erfcx(double x);

// erfcx(x) − erfcx(x + step) for x >= −1, step > 0, without cancellation; relative error below 1e-13.
double erfcx_drop(double x, double step);

}  // namespace polyagamma
