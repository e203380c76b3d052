#pragma once

#include <cstddef>

#include "linalg/aligned.hpp"
#include "linalg/panels.hpp"
#include "terms/stationary.hpp"

namespace polyagamma {

// Rows of a batch as inducing points see them: their covariances with the points, and their variances.
class CrossCovariances {
  public:
    CrossCovariances(std::size_t rows, std::size_t points) : rows_(rows), points_(points) {}
    virtual ~CrossCovariances() = default;

    std::size_t rows() const { return rows_; }
    std::size_t points() const { return points_; }
    // Of `count` panels of rows from `first` on: covariances, in panels with a column for each point, and
    // variances. Rows that only fill up a panel have what is finite. For several threads at once.
    virtual void fill(std::size_t first, std::size_t count, double* panels, double* variances) const = 0;

  private:
    std::size_t rows_, points_;
};

// Under a stationary covariance function.
class StationaryCrossCovariances final : public CrossCovariances {
  public:
    // `inputs` (n, p) and `points` (m, p), row-major; the function's parameters are its own.
    StationaryCrossCovariances(const StationaryFunction& function, const double* inputs, std::size_t n,
                               const double* points, std::size_t m);
    // Whether parameters are finite.
    bool defined() const { return defined_; }
    void fill(std::size_t first, std::size_t count, double* panels, double* variances) const override;

  private:
    Stationary family_;
    std::size_t p_;
    StationaryFunction::Values at_;
    bool defined_;
    Panels inputs_;   // (n, p)
    Vector centres_;  // (p, m): the points divided by the length scales
};

// That the caller has evaluated, and keeps.
class GivenCrossCovariances final : public CrossCovariances {
  public:
    // `covariances` (n, m), row-major, and `variances` (n).
    GivenCrossCovariances(const double* covariances, const double* variances, std::size_t n, std::size_t m)
        : CrossCovariances(n, m), covariances_(covariances), variances_(variances) {}
    void fill(std::size_t first, std::size_t count, double* panels, double* variances) const override;

  private:
    const double *covariances_, *variances_;
};

}  // namespace polyagamma
