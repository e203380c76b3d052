#pragma once

#include <cstddef>

#include "linalg/aligned.hpp"
#include "linalg/blas.hpp"
#include "linalg/status.hpp"

// Small dense linear algebra in row-major order over the Fortran routines of Blas. A symmetric matrix is
// stored in full or by its lower triangle (entries (i, j), j <= i); a Cholesky factor is lower, A = L Lᵀ.
namespace polyagamma {

double dot(const double* a, const double* b, std::size_t n);
// Σ x.
double sum(const double* x, std::size_t n);

// c = a b, with a (m, k), b (k, n), c (m, n).
void multiply(const Blas& blas, const double* a, const double* b, std::size_t m, std::size_t k, std::size_t n,
              double* c);
// c = aᵀ b, with a (k, m), b (k, n), c (m, n).
void multiply_transposed(const Blas& blas, const double* a, const double* b, std::size_t m, std::size_t k,
                         std::size_t n, double* c);
// y = a x, with a (m, n).
void multiply_vector(const Blas& blas, const double* a, const double* x, std::size_t m, std::size_t n,
                     double* y);
// y = aᵀ x, with a (m, n).
void multiply_vector_transposed(const Blas& blas, const double* a, const double* x, std::size_t m,
                                std::size_t n, double* y);

// Lower triangle of a (n, n) into its Cholesky factor. `index` of a failure is the leading minor (from 0).
Status cholesky(const Blas& blas, double* a, std::size_t n);
// Lower triangle of L into that of A⁻¹, A = L Lᵀ.
void invert_from_cholesky(const Blas& blas, double* l, std::size_t n);
// y = a x, with a (n, n) symmetric, by its lower triangle.
void multiply_symmetric(const Blas& blas, const double* a, const double* x, std::size_t n, double* y);
// The identity matrix (n, n).
Vector identity(std::size_t n);
// Zeros above the diagonal of a (n, n).
void clear_upper(double* a, std::size_t n);
// x = L⁻¹ x and x = L⁻ᵀ x for the lower triangle of l (n, n).
void solve_lower(const Blas& blas, const double* l, std::size_t n, double* x);
void solve_lower_transposed(const Blas& blas, const double* l, std::size_t n, double* x);
// x = L⁻¹ x for the lower triangle of l (n, n), with x (n, columns).
void solve_lower_rows(const Blas& blas, const double* l, std::size_t n, std::size_t columns, double* x);
// The upper triangular matrix L⁻ᵀ (n, n), zeros included.
void invert_lower_transposed(const Blas& blas, const double* l, std::size_t n, double* inverse);

// Eigenvalues of a symmetric a (n, n), given by its lower triangle, in ascending order; a becomes the
// eigenvectors, one in each row.
Status eigenvectors(const Blas& blas, double* a, std::size_t n, double* values);
// LQ factorisation a = L V of a (n, p), n <= p: a becomes V, with orthonormal rows; l (n, n) becomes L,
// lower.
void lq(const Blas& blas, double* a, std::size_t n, std::size_t p, double* l);

// First entry that is not finite, as a status.
Status check_finite(const double* x, std::size_t n);

}  // namespace polyagamma
