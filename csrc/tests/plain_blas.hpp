#pragma once

#include <cmath>

#include "linalg/blas.hpp"

// The routines of Blas that the tests need, by their definitions: Fortran conventions, unit steps.
namespace polyagamma {

// Element (i, j) of the triangle op(A).
struct Triangle {
    const double* a;
    int stride;
    bool lower, transposed;
    double operator()(int i, int j) const {
        if (transposed) return Triangle{a, stride, lower, false}(j, i);
        return (lower ? j <= i : i <= j) ? a[j * stride + i] : 0.0;
    }
};

inline void plain_dtrmv(char* uplo, char* trans, char*, int* n, double* a, int* lda, double* x, int*) {
    const Triangle t{a, *lda, *uplo == 'L', *trans == 'T'};
    double* y = new double[static_cast<std::size_t>(*n)]();
    for (int i = 0; i < *n; ++i)
        for (int j = 0; j < *n; ++j) y[i] += t(i, j) * x[j];
    for (int i = 0; i < *n; ++i) x[i] = y[i];
    delete[] y;
}

inline void plain_dtrsv(char* uplo, char* trans, char*, int* n, double* a, int* lda, double* x, int*) {
    const Triangle t{a, *lda, *uplo == 'L', *trans == 'T'};
    const bool forward = t.lower != t.transposed;
    for (int k = 0; k < *n; ++k) {
        const int i = forward ? k : *n - 1 - k;
        for (int j = 0; j < *n; ++j)
            if (j != i) x[i] -= t(i, j) * x[j];
        x[i] /= t(i, i);
    }
}

inline void plain_dpotrf(char* uplo, int* n, double* a, int* lda, int* info) {
    const auto at = [&](int i, int j) -> double& { return *uplo == 'L' ? a[j * *lda + i] : a[i * *lda + j]; };
    *info = 0;
    for (int j = 0; j < *n; ++j) {
        for (int i = j; i < *n; ++i) {
            double sum = at(i, j);
            for (int k = 0; k < j; ++k) sum -= at(i, k) * at(j, k);
            if (i == j && !(sum > 0.0)) {
                *info = j + 1;
                return;
            }
            at(i, j) = i == j ? std::sqrt(sum) : sum / at(j, j);
        }
    }
}

inline double plain_at(const char* trans, const double* a, int lda, int i, int j) {
    return *trans == 'T' ? a[i * lda + j] : a[j * lda + i];
}

inline void plain_dgemm(char* ta, char* tb, int* m, int* n, int* k, double* alpha, double* a, int* lda,
                        double* b, int* ldb, double* beta, double* c, int* ldc) {
    for (int i = 0; i < *m; ++i) {
        for (int j = 0; j < *n; ++j) {
            double sum = 0.0;
            for (int l = 0; l < *k; ++l) sum += plain_at(ta, a, *lda, i, l) * plain_at(tb, b, *ldb, l, j);
            double& out = c[j * *ldc + i];
            out = *alpha * sum + (*beta == 0.0 ? 0.0 : *beta * out);
        }
    }
}

inline void plain_dgemv(char* trans, int* m, int* n, double* alpha, double* a, int* lda, double* x, int*,
                        double* beta, double* y, int*) {
    const bool transposed = *trans == 'T';
    for (int i = 0; i < (transposed ? *n : *m); ++i) {
        double sum = 0.0;
        for (int j = 0; j < (transposed ? *m : *n); ++j) sum += plain_at(trans, a, *lda, i, j) * x[j];
        y[i] = *alpha * sum + (*beta == 0.0 ? 0.0 : *beta * y[i]);
    }
}

inline const Blas& plain_blas() {
    static const Blas blas = [] {
        Blas table{};
        table.dgemm = plain_dgemm;
        table.dgemv = plain_dgemv;
        table.dtrmv = plain_dtrmv;
        table.dtrsv = plain_dtrsv;
        table.dpotrf = plain_dpotrf;
        return table;
    }();
    return blas;
}

}  // namespace polyagamma
