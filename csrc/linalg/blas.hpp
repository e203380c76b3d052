#pragma once

#include <cstddef>

namespace polyagamma {

// BLAS and LAPACK as pointers that the caller of the core supplies (SciPy's, through cython_blas and
// cython_lapack), so that nothing is linked. Fortran calling convention, 32-bit integers, column-major.
struct Blas {
    void (*dgemv)(char* trans, int* m, int* n, double* alpha, double* a, int* lda, double* x, int* incx,
                  double* beta, double* y, int* incy);
    void (*dgemm)(char* transa, char* transb, int* m, int* n, int* k, double* alpha, double* a, int* lda,
                  double* b, int* ldb, double* beta, double* c, int* ldc);
    void (*dsymv)(char* uplo, int* n, double* alpha, double* a, int* lda, double* x, int* incx, double* beta,
                  double* y, int* incy);
    void (*dtrsv)(char* uplo, char* trans, char* diag, int* n, double* a, int* lda, double* x, int* incx);
    void (*dtrmv)(char* uplo, char* trans, char* diag, int* n, double* a, int* lda, double* x, int* incx);
    void (*dtrsm)(char* side, char* uplo, char* transa, char* diag, int* m, int* n, double* alpha, double* a,
                  int* lda, double* b, int* ldb);
    void (*dtrmm)(char* side, char* uplo, char* transa, char* diag, int* m, int* n, double* alpha, double* a,
                  int* lda, double* b, int* ldb);
    void (*dpotrf)(char* uplo, int* n, double* a, int* lda, int* info);
    void (*dlauum)(char* uplo, int* n, double* a, int* lda, int* info);
    void (*dgeqrf)(int* m, int* n, double* a, int* lda, double* tau, double* work, int* lwork, int* info);
    void (*dorgqr)(int* m, int* n, int* k, double* a, int* lda, double* tau, double* work, int* lwork,
                   int* info);
    void (*dsyevd)(char* jobz, char* uplo, int* n, double* a, int* lda, double* w, double* work, int* lwork,
                   int* iwork, int* liwork, int* info);
};

}  // namespace polyagamma
