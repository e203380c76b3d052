"""BLAS and LAPACK of SciPy as the struct of pointers that the C++ core takes."""
from cpython.pycapsule cimport PyCapsule_New
from scipy.linalg.cython_blas cimport dgemm, dgemv, dsymv, dtrmm, dtrmv, dtrsm, dtrsv
from scipy.linalg.cython_lapack cimport dgeqrf, dlauum, dorgqr, dpotrf, dsyevd

ctypedef void (*Dgemv)(char*, int*, int*, double*, double*, int*, double*, int*, double*, double*,
                       int*) noexcept nogil
ctypedef void (*Dgemm)(char*, char*, int*, int*, int*, double*, double*, int*, double*, int*, double*,
                       double*, int*) noexcept nogil
ctypedef void (*Dsymv)(char*, int*, double*, double*, int*, double*, int*, double*, double*,
                       int*) noexcept nogil
ctypedef void (*Dtrmv)(char*, char*, char*, int*, double*, int*, double*, int*) noexcept nogil
ctypedef void (*Dtrsv)(char*, char*, char*, int*, double*, int*, double*, int*) noexcept nogil
ctypedef void (*Dtrsm)(char*, char*, char*, char*, int*, int*, double*, double*, int*, double*,
                       int*) noexcept nogil
ctypedef void (*Dtrmm)(char*, char*, char*, char*, int*, int*, double*, double*, int*, double*,
                       int*) noexcept nogil
ctypedef void (*Dpotrf)(char*, int*, double*, int*, int*) noexcept nogil
ctypedef void (*Dlauum)(char*, int*, double*, int*, int*) noexcept nogil
ctypedef void (*Dgeqrf)(int*, int*, double*, int*, double*, double*, int*, int*) noexcept nogil
ctypedef void (*Dorgqr)(int*, int*, int*, double*, int*, double*, double*, int*, int*) noexcept nogil
ctypedef void (*Dsyevd)(char*, char*, int*, double*, int*, double*, double*, int*, int*, int*,
                        int*) noexcept nogil

cdef extern from "linalg/blas.hpp" namespace "polyagamma":
    cdef cppclass Blas:
        Dgemv dgemv
        Dgemm dgemm
        Dsymv dsymv
        Dtrmv dtrmv
        Dtrsv dtrsv
        Dtrsm dtrsm
        Dtrmm dtrmm
        Dpotrf dpotrf
        Dlauum dlauum
        Dgeqrf dgeqrf
        Dorgqr dorgqr
        Dsyevd dsyevd

cdef Blas _blas
_blas.dgemv = dgemv
_blas.dgemm = dgemm
_blas.dsymv = dsymv
_blas.dtrmv = dtrmv
_blas.dtrsv = dtrsv
_blas.dtrsm = dtrsm
_blas.dtrmm = dtrmm
_blas.dpotrf = dpotrf
_blas.dlauum = dlauum
_blas.dgeqrf = dgeqrf
_blas.dorgqr = dorgqr
_blas.dsyevd = dsyevd

#: The pointers, for the other compiled modules; valid as long as this module is loaded.
capsule = PyCapsule_New(&_blas, "polyagamma.Blas", NULL)
