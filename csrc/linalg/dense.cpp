#include "linalg/dense.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "simd/lanes_sum.hpp"
#include "simd/model_loops.hpp"

namespace polyagamma {
namespace {

// Fortran sees a row-major matrix as its transpose; it takes everything by non-const pointer.
char kNo = 'N', kTransposed = 'T', kLeft = 'L', kRight = 'R', kUpper = 'U';
double kOne = 1.0, kZero = 0.0, kMinusOne = -1.0;
int kStep = 1;
constexpr std::size_t kSmall = 24;  // order of triangles that are inverted without BLAS
constexpr std::size_t kFew = 12;    // of those that are found and solved without it, whose calls take longer

double* mutable_pointer(const double* x) {
    return const_cast<double*>(x);
}

void product(const Blas& blas, char trans_a, const double* a, std::size_t lda, const double* b, std::size_t m,
             std::size_t k, std::size_t n, double* c) {
    int rows = static_cast<int>(n), columns = static_cast<int>(m), inner = static_cast<int>(k);
    int stride_a = static_cast<int>(lda);
    blas.dgemm(&kNo, &trans_a, &rows, &columns, &inner, &kOne, mutable_pointer(b), &rows, mutable_pointer(a),
               &stride_a, &kZero, c, &rows);
}

void triangular_solve(const Blas& blas, char trans, const double* l, std::size_t n, double* x) {
    int order = static_cast<int>(n);
    blas.dtrsv(&kUpper, &trans, &kNo, &order, mutable_pointer(l), &order, x, &kStep);
}

// In sums that do not wait for each other.
template <class Term>
double sum_of(std::size_t n, Term term) {
    double lanes[kPanelRows] = {}, rest = 0.0;
    std::size_t i = 0;
    for (; i + kPanelRows <= n; i += kPanelRows)
        for (std::size_t l = 0; l < kPanelRows; ++l) lanes[l] += term(i + l);
    for (; i < n; ++i) rest += term(i);
    return sum_lanes(lanes) + rest;
}

// As LAPACK does it, row by row.
Status small_cholesky(double* a, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
        double* own = a + i * n;
        for (std::size_t j = 0; j < i; ++j) {
            const double* row = a + j * n;
            for (std::size_t k = 0; k < j; ++k) own[j] -= own[k] * row[k];
            own[j] /= row[j];
        }
        for (std::size_t k = 0; k < i; ++k) own[i] -= own[k] * own[k];
        if (!(own[i] > 0.0)) return {Status::Kind::not_positive_definite, i};
        own[i] = std::sqrt(own[i]);
    }
    return {};
}

void small_solve_lower(const double* l, std::size_t n, double* x) {
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < i; ++j) x[i] -= l[i * n + j] * x[j];
        x[i] /= l[i * n + i];
    }
}

void small_solve_lower_transposed(const double* l, std::size_t n, double* x) {
    for (std::size_t i = n; i-- > 0;) {
        x[i] /= l[i * n + i];
        for (std::size_t j = 0; j < i; ++j) x[j] -= l[i * n + j] * x[i];
    }
}

// Lower triangle of L (n, n), rows `stride` apart, into that of L⁻¹, row by row.
void invert_small_lower(double* l, std::size_t n, std::size_t stride) {
    double row[kSmall];
    for (std::size_t i = 0; i < n; ++i) {
        double* own = l + i * stride;
        const double inverse = 1.0 / own[i];
        std::copy_n(own, i, row);
        std::fill_n(own, i, 0.0);
        for (std::size_t k = 0; k < i; ++k) {
            const double factor = -inverse * row[k];
            for (std::size_t j = 0; j <= k; ++j) own[j] += factor * l[k * stride + j];
        }
        own[i] = inverse;
    }
}

// The same by halves, L = [A 0; C B] and L⁻¹ = [A⁻¹ 0; -B⁻¹CA⁻¹ B⁻¹], so that products of matrices do the
// work: at n = 150 in a third of the time of dtrtri, which goes column by column.
void invert_lower(const Blas& blas, double* l, std::size_t n, std::size_t stride) {
    if (n <= kSmall) {
        invert_small_lower(l, n, stride);
        return;
    }
    const std::size_t half = n / 2;
    double *c = l + half * stride, *b = c + half;
    invert_lower(blas, l, half, stride);
    invert_lower(blas, b, n - half, stride);
    int rows = static_cast<int>(half), columns = static_cast<int>(n - half), step = static_cast<int>(stride);
    blas.dtrmm(&kLeft, &kUpper, &kNo, &kNo, &rows, &columns, &kMinusOne, l, &step, c, &step);
    blas.dtrmm(&kRight, &kUpper, &kNo, &kNo, &rows, &columns, &kOne, b, &step, c, &step);
}

}  // namespace

double dot(const double* a, const double* b, std::size_t n) {
    return sum_of(n, [&](std::size_t i) { return a[i] * b[i]; });
}

double sum(const double* x, std::size_t n) {
    return sum_of(n, [&](std::size_t i) { return x[i]; });
}

void multiply(const Blas& blas, const double* a, const double* b, std::size_t m, std::size_t k, std::size_t n,
              double* c) {
    product(blas, 'N', a, k, b, m, k, n, c);
}

void multiply_transposed(const Blas& blas, const double* a, const double* b, std::size_t m, std::size_t k,
                         std::size_t n, double* c) {
    product(blas, 'T', a, m, b, m, k, n, c);
}

void multiply_vector(const Blas& blas, const double* a, const double* x, std::size_t m, std::size_t n,
                     double* y) {
    int rows = static_cast<int>(n), columns = static_cast<int>(m);
    blas.dgemv(&kTransposed, &rows, &columns, &kOne, mutable_pointer(a), &rows, mutable_pointer(x), &kStep,
               &kZero, y, &kStep);
}

void multiply_vector_transposed(const Blas& blas, const double* a, const double* x, std::size_t m,
                                std::size_t n, double* y) {
    int rows = static_cast<int>(n), columns = static_cast<int>(m);
    blas.dgemv(&kNo, &rows, &columns, &kOne, mutable_pointer(a), &rows, mutable_pointer(x), &kStep, &kZero, y,
               &kStep);
}

Status cholesky(const Blas& blas, double* a, std::size_t n) {
    if (n <= kFew) return small_cholesky(a, n);
    int order = static_cast<int>(n), info = 0;
    blas.dpotrf(&kUpper, &order, a, &order, &info);
    if (info != 0) return {Status::Kind::not_positive_definite, static_cast<std::size_t>(info - 1)};
    return {};
}

void invert_from_cholesky(const Blas& blas, double* l, std::size_t n) {
    int order = static_cast<int>(n), info = 0;
    invert_lower(blas, l, n, n);
    blas.dlauum(&kUpper, &order, l, &order, &info);
}

void multiply_symmetric(const Blas& blas, const double* a, const double* x, std::size_t n, double* y) {
    int order = static_cast<int>(n);
    blas.dsymv(&kUpper, &order, &kOne, mutable_pointer(a), &order, mutable_pointer(x), &kStep, &kZero, y,
               &kStep);
}

Vector identity(std::size_t n) {
    Vector unit(n * n);
    for (std::size_t i = 0; i < n; ++i) unit[i * n + i] = 1.0;
    return unit;
}

void clear_upper(double* a, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) std::fill(a + i * n + i + 1, a + (i + 1) * n, 0.0);
}

void solve_lower(const Blas& blas, const double* l, std::size_t n, double* x) {
    if (n <= kFew) return small_solve_lower(l, n, x);
    triangular_solve(blas, 'T', l, n, x);
}

void solve_lower_transposed(const Blas& blas, const double* l, std::size_t n, double* x) {
    if (n <= kFew) return small_solve_lower_transposed(l, n, x);
    triangular_solve(blas, 'N', l, n, x);
}

void solve_lower_rows(const Blas& blas, const double* l, std::size_t n, std::size_t columns, double* x) {
    int rows = static_cast<int>(columns), order = static_cast<int>(n);
    blas.dtrsm(&kRight, &kUpper, &kNo, &kNo, &rows, &order, &kOne, mutable_pointer(l), &order, x, &rows);
}

void invert_lower_transposed(const Blas& blas, const double* l, std::size_t n, double* inverse) {
    const Vector unit = identity(n);
    std::copy(unit.begin(), unit.end(), inverse);
    int order = static_cast<int>(n);
    blas.dtrsm(&kLeft, &kUpper, &kTransposed, &kNo, &order, &order, &kOne, mutable_pointer(l), &order,
               inverse, &order);
}

void lq(const Blas& blas, double* a, std::size_t n, std::size_t p, double* l) {
    // Fortran sees aᵀ (p, n) = Q R, so a = Rᵀ Qᵀ, and Qᵀ row-major is Q column-major.
    int rows = static_cast<int>(p), columns = static_cast<int>(n), info = 0;
    Vector reflectors(n), work(64 * n);
    int work_size = static_cast<int>(work.size());
    blas.dgeqrf(&rows, &columns, a, &rows, reflectors.data(), work.data(), &work_size, &info);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) l[i * n + j] = j <= i ? a[i * p + j] : 0.0;
    }
    blas.dorgqr(&rows, &columns, &columns, a, &rows, reflectors.data(), work.data(), &work_size, &info);
}

// Row-major lower is column-major upper; eigenvectors are columns there.
Status eigenvectors(const Blas& blas, double* a, std::size_t n, double* values) {
    char vectors = 'V', upper = 'U';
    int order = static_cast<int>(n), info = 0, query = -1, integers = 0;
    double size = 0.0;
    blas.dsyevd(&vectors, &upper, &order, a, &order, values, &size, &query, &integers, &query, &info);
    Vector work(static_cast<std::size_t>(size));
    std::vector<int> more(static_cast<std::size_t>(integers));
    int doubles = static_cast<int>(size);
    blas.dsyevd(&vectors, &upper, &order, a, &order, values, work.data(), &doubles, more.data(), &integers,
                &info);
    return info == 0 ? Status{} : Status{Status::Kind::not_finite, 0};
}

Status check_finite(const double* x, std::size_t n) {
    const double* bad = std::find_if(x, x + n, [](double value) { return !std::isfinite(value); });
    if (bad == x + n) return {};
    return {Status::Kind::not_finite, static_cast<std::size_t>(bad - x)};
}

}  // namespace polyagamma
