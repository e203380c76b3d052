#include "tests/reference_blas.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace reference {
namespace {

// Column-major matrix with leading dimension, or its transpose.
struct View {
    double* data;
    int row_step, column_step;
    View(double* a, int lda, char trans = 'N')
        : data(a), row_step(trans == 'N' ? 1 : lda), column_step(trans == 'N' ? lda : 1) {}
    double& operator()(int i, int j) const { return data[i * row_step + j * column_step]; }
};

void dgemm(char* transa, char* transb, int* m, int* n, int* k, double* alpha, double* a, int* lda, double* b,
           int* ldb, double* beta, double* c, int* ldc) {
    const View A(a, *lda, *transa), B(b, *ldb, *transb), C(c, *ldc);
    for (int j = 0; j < *n; ++j) {
        for (int i = 0; i < *m; ++i) {
            double sum = 0.0;
            for (int l = 0; l < *k; ++l) sum += A(i, l) * B(l, j);
            C(i, j) = *alpha * sum + (*beta == 0.0 ? 0.0 : *beta * C(i, j));
        }
    }
}

void dgemv(char* trans, int* m, int* n, double* alpha, double* a, int* lda, double* x, int* incx,
           double* beta, double* y, int* incy) {
    const View A(a, *lda, *trans);
    const int rows = *trans == 'N' ? *m : *n;
    const int columns = *trans == 'N' ? *n : *m;
    for (int i = 0; i < rows; ++i) {
        double sum = 0.0;
        for (int j = 0; j < columns; ++j) sum += A(i, j) * x[j * *incx];
        y[i * *incy] = *alpha * sum + (*beta == 0.0 ? 0.0 : *beta * y[i * *incy]);
    }
}

void dsymv(char* uplo, int* n, double* alpha, double* a, int* lda, double* x, int* incx, double* beta,
           double* y, int* incy) {
    const View L(a, *lda, *uplo == 'L' ? 'N' : 'T');
    for (int i = 0; i < *n; ++i) {
        double sum = 0.0;
        for (int j = 0; j < *n; ++j) sum += (j <= i ? L(i, j) : L(j, i)) * x[j * *incx];
        y[i * *incy] = *alpha * sum + (*beta == 0.0 ? 0.0 : *beta * y[i * *incy]);
    }
}

// Solves op(A) x = x for a triangular A.
void solve(char uplo, char trans, const View& A, int n, double* x, int step) {
    const bool upper = (uplo == 'U') == (trans == 'N');
    for (int done = 0; done < n; ++done) {
        const int i = upper ? n - 1 - done : done;
        double value = x[i * step];
        for (int j = upper ? i + 1 : 0; j < (upper ? n : i); ++j) value -= A(i, j) * x[j * step];
        x[i * step] = value / A(i, i);
    }
}

void dtrsv(char* uplo, char* trans, char*, int* n, double* a, int* lda, double* x, int* incx) {
    solve(*uplo, *trans, View(a, *lda, *trans), *n, x, *incx);
}

void dtrmv(char* uplo, char* trans, char*, int* n, double* a, int* lda, double* x, int* incx) {
    const View A(a, *lda, *trans);
    const bool upper = (*uplo == 'U') == (*trans == 'N');
    for (int done = 0; done < *n; ++done) {
        const int i = upper ? done : *n - 1 - done;
        double value = 0.0;
        for (int j = upper ? i : 0; j < (upper ? *n : i + 1); ++j) value += A(i, j) * x[j * *incx];
        x[i * *incx] = value;
    }
}

// x op(A) = b is op(A)ᵀ xᵀ = bᵀ.
void dtrsm(char* side, char* uplo, char* transa, char*, int* m, int* n, double*, double* a, int* lda,
           double* b, int* ldb) {
    if (*side == 'L') {
        for (int j = 0; j < *n; ++j) solve(*uplo, *transa, View(a, *lda, *transa), *m, b + j * *ldb, 1);
        return;
    }
    const char trans = *transa == 'N' ? 'T' : 'N';
    for (int i = 0; i < *m; ++i) solve(*uplo, trans, View(a, *lda, trans), *n, b + i, *ldb);
}

void dtrmm(char* side, char* uplo, char* transa, char* diag, int* m, int* n, double* alpha, double* a,
           int* lda, double* b, int* ldb) {
    int step = *side == 'L' ? 1 : *ldb;
    char trans = (*side == 'L') == (*transa == 'N') ? 'N' : 'T';
    const int vectors = *side == 'L' ? *n : *m;
    for (int i = 0; i < vectors; ++i) {
        double* x = b + (*side == 'L' ? i * *ldb : i);
        int size = *side == 'L' ? *m : *n;
        dtrmv(uplo, &trans, diag, &size, a, lda, x, &step);
        for (int j = 0; j < size; ++j) x[j * step] *= *alpha;
    }
}

void dpotrf(char* uplo, int* n, double* a, int* lda, int* info) {
    const View L(a, *lda, *uplo == 'U' ? 'T' : 'N');
    *info = 0;
    for (int j = 0; j < *n; ++j) {
        for (int i = j; i < *n; ++i) {
            double value = L(i, j);
            for (int k = 0; k < j; ++k) value -= L(i, k) * L(j, k);
            if (i == j) {
                if (!(value > 0.0)) {
                    *info = j + 1;
                    return;
                }
                L(j, j) = std::sqrt(value);
            } else {
                L(i, j) = value / L(j, j);
            }
        }
    }
}

// U Uᵀ or LᵀL in place of the factor.
void dlauum(char* uplo, int* n, double* a, int* lda, int* info) {
    const View U(a, *lda, *uplo == 'U' ? 'N' : 'T');
    *info = 0;
    for (int i = 0; i < *n; ++i) {
        for (int j = i; j < *n; ++j) {
            double value = 0.0;
            for (int k = j; k < *n; ++k) value += U(i, k) * U(j, k);
            U(i, j) = value;
        }
    }
}

// Householder reflections H_j = I − tau v vᵀ, v stored below the diagonal with v_j = 1.
void reflect(const View& A, int m, int j, double tau, int first, int last) {
    for (int c = first; c < last; ++c) {
        double sum = A(j, c);
        for (int i = j + 1; i < m; ++i) sum += A(i, j) * A(i, c);
        A(j, c) -= tau * sum;
        for (int i = j + 1; i < m; ++i) A(i, c) -= tau * sum * A(i, j);
    }
}

void dgeqrf(int* m, int* n, double* a, int* lda, double* tau, double*, int*, int* info) {
    const View A(a, *lda);
    *info = 0;
    for (int j = 0; j < *n; ++j) {
        double norm = 0.0;
        for (int i = j; i < *m; ++i) norm += A(i, j) * A(i, j);
        norm = std::sqrt(norm);
        tau[j] = 0.0;
        if (norm == 0.0) continue;
        const double target = A(j, j) > 0.0 ? -norm : norm;
        tau[j] = (target - A(j, j)) / target;
        for (int i = j + 1; i < *m; ++i) A(i, j) /= A(j, j) - target;
        A(j, j) = target;
        reflect(A, *m, j, tau[j], j + 1, *n);
    }
}

void dorgqr(int* m, int* n, int*, double* a, int* lda, double* tau, double*, int*, int* info) {
    const View A(a, *lda);
    *info = 0;
    for (int j = *n - 1; j >= 0; --j) {
        reflect(A, *m, j, tau[j], j + 1, *n);
        for (int i = j + 1; i < *m; ++i) A(i, j) *= -tau[j];
        A(j, j) = 1.0 - tau[j];
        for (int i = 0; i < j; ++i) A(i, j) = 0.0;
    }
}

// Jacobi's method, cyclic. The lower triangle of a row-major matrix is the upper one here.
void dsyevd(char*, char*, int* n, double* a, int* lda, double* w, double* work, int* lwork, int* iwork,
            int* liwork, int* info) {
    *info = 0;
    if (*lwork == -1) {
        *work = 1.0;
        *iwork = 1;
        return;
    }
    static_cast<void>(liwork);
    const int size = *n;
    const View A(a, *lda);
    std::vector<double> vectors(static_cast<std::size_t>(size * size));
    const View V(vectors.data(), size);
    for (int i = 0; i < size; ++i) V(i, i) = 1.0;
    for (int i = 0; i < size; ++i)
        for (int j = 0; j < i; ++j) A(i, j) = A(j, i);
    const auto turn = [size](const View& M, int p, int q, double c, double s, bool rows) {
        for (int i = 0; i < size; ++i) {
            double &x = rows ? M(p, i) : M(i, p), &y = rows ? M(q, i) : M(i, q);
            const double first = c * x - s * y;
            y = s * x + c * y;
            x = first;
        }
    };
    for (int sweep = 0; sweep < 30; ++sweep) {
        for (int p = 0; p < size; ++p) {
            for (int q = p + 1; q < size; ++q) {
                if (A(p, q) == 0.0) continue;
                const double theta = 0.5 * std::atan2(2.0 * A(p, q), A(q, q) - A(p, p));
                const double c = std::cos(theta), s = std::sin(theta);
                turn(A, p, q, c, s, false);
                turn(A, p, q, c, s, true);
                turn(V, p, q, c, s, false);
            }
        }
    }
    std::vector<int> order;
    for (int i = 0; i < size; ++i) order.push_back(i);
    std::sort(order.begin(), order.end(), [&](int i, int j) { return A(i, i) < A(j, j); });
    for (int j = 0; j < size; ++j) w[j] = A(order[(std::size_t)j], order[(std::size_t)j]);
    for (int j = 0; j < size; ++j)
        for (int i = 0; i < size; ++i) A(i, j) = V(i, order[(std::size_t)j]);
}

}  // namespace

const polyagamma::Blas& blas() {
    static const polyagamma::Blas table{dgemv, dgemm,  dsymv,  dtrsv,  dtrmv,  dtrsm,
                                        dtrmm, dpotrf, dlauum, dgeqrf, dorgqr, dsyevd};
    return table;
}

}  // namespace reference
