#pragma once

#include <cstddef>

#include "linalg/aligned.hpp"
#include "linalg/blas.hpp"
#include "linalg/status.hpp"

namespace polyagamma {

// The Cholesky factor L of a matrix A = L Lᵀ that changes: by rows and columns that come or go, or by
// products of few vectors. Each of these takes time n² where factoring anew takes n³. The new factor has the
// backward error of factoring A anew, whatever the condition, except that A − x xᵀ has that of A.
class GrowingCholesky {
  public:
    // `lower` (n, n): L, row-major.
    GrowingCholesky(const Blas& blas, const double* lower, std::size_t n);

    std::size_t size() const { return n_; }
    // L, row-major, with zeros above the diagonal.
    void copy_to(double* lower) const;

    // x = L⁻¹x and x = L⁻ᵀx.
    void solve_lower(double* x) const { solve('T', x); }
    void solve_lower_transposed(double* x) const { solve('N', x); }

    // A gets k more rows and columns, the last ones: `rows` (k, n + k) are these rows, of which the lower
    // triangle is read. The status of the Schur complement's factor; if it has none, nothing is changed.
    Status append(const double* rows, std::size_t k);
    // A loses rows and columns [first, first + count).
    void erase(std::size_t first, std::size_t count);
    // A + Σ x xᵀ over the rows of `vectors` (k, n): by rotations (Gill, Golub, Murray and Saunders 1974,
    // Math. Comp. 28, 505, method C3).
    void update(const double* vectors, std::size_t k);
    // A − Σ x xᵀ, by rotations in the other order (LINPACK's DCHDD). If that is not positive definite, the
    // status says which x it was at, and nothing is changed.
    Status downdate(const double* vectors, std::size_t k);

  private:
    double* row(std::size_t i) { return &lower_[i * stride_]; }
    const double* row(std::size_t i) const { return &lower_[i * stride_]; }
    void reserve(std::size_t n);
    // With the transpose of what LAPACK sees, column by column: Lᵀ.
    void solve(char transposed, double* x) const;
    // Adds x xᵀ to what the rows from `first` on are the factor of; x, from `first` on, is used up.
    void rotate(std::size_t first, double* x);
    bool rotate_back(const double* x);

    const Blas* blas_;
    std::size_t n_, stride_;
    Vector lower_;  // (stride_, stride_)
};

}  // namespace polyagamma
