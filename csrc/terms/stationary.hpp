#pragma once

#include <cstddef>
#include <vector>

#include "linalg/status.hpp"
#include "simd/covariance_loops.hpp"
#include "terms/covariance.hpp"

namespace polyagamma {

// Where a log parameter comes from: theta[index], or a value of its own if index < 0.
struct LogParameter {
    std::ptrdiff_t index;
    double value;
    double at(const double* theta) const { return index < 0 ? value : theta[index]; }
};

// variance · k(r), r the distance of inputs divided by one length scale or by one for each dimension.
class StationaryFunction {
  public:
    // `length_scales`: one, or p.
    StationaryFunction(Stationary family, std::size_t p, LogParameter variance,
                       std::vector<LogParameter> length_scales);

    struct Values {
        double variance;
        Vector inverse_scales;  // (p,)
    };
    // False if they are not finite at `theta`.
    bool at(const double* theta, Values& values) const;

    Stationary family() const { return family_; }
    std::size_t dimensions() const { return p_; }

  private:
    Stationary family_;
    std::size_t p_;
    LogParameter variance_;
    std::vector<LogParameter> length_scales_;
};

// The same matrix that scikit-learn's kernels give (to rounding), without Python: at n = 400 five times as
// fast.
class StationaryCovariance final : public CovarianceFunction {
  public:
    // `inputs` (n, p), row-major.
    StationaryCovariance(StationaryFunction function, const double* inputs, std::size_t n, double jitter);

    Status evaluate(const double* theta, double* matrix) override;

  private:
    StationaryFunction function_;
    std::size_t n_;
    double jitter_;
    Vector inputs_;  // (p, n)
};

}  // namespace polyagamma
