"""BLAS and LAPACK of SciPy as the struct of pointers that the C++ core takes."""
from cpython.pycapsule cimport PyCapsule_New
from scipy.linalg.cython_blas cimport dgemm, dgemv, dsyrk, dtrmv, dtrsm, dtrsv
from scipy.linalg.cython_lapack cimport dpotrf

ctypedef void (*Dgemv)(char*, int*, int*, double*, double*, int*, double*, int*, double*, double*, int*) noexcept nogil
ctypedef void (*Dgemm)(char*, char*, int*, int*, int*, double*, double*, int*, double*, int*, double*, double*,
                       int*) noexcept nogil
ctypedef void (*Dsyrk)(char*, char*, int*, int*, double*, double*, int*, double*, double*, int*) noexcept nogil
ctypedef void (*Dtrmv)(char*, char*, char*, int*, double*, int*, double*, int*) noexcept nogil
ctypedef void (*Dtrsv)(char*, char*, char*, int*, double*, int*, double*, int*) noexcept nogil
ctypedef void (*Dtrsm)(char*, char*, char*, char*, int*, int*, double*, double*, int*, double*, int*) noexcept nogil
ctypedef void (*Dpotrf)(char*, int*, double*, int*, int*) noexcept nogil

cdef extern from "linalg/blas.hpp" namespace "polyagamma":
    cdef cppclass Blas:
        Dgemv dgemv
        Dgemm dgemm
        Dsyrk dsyrk
        Dtrmv dtrmv
        Dtrsv dtrsv
        Dtrsm dtrsm
        Dpotrf dpotrf

cdef Blas _blas
_blas.dgemv = dgemv
_blas.dgemm = dgemm
_blas.dsyrk = dsyrk
_blas.dtrmv = dtrmv
_blas.dtrsv = dtrsv
_blas.dtrsm = dtrsm
_blas.dpotrf = dpotrf

#: The pointers, for the other compiled modules; valid as long as this module is loaded.
capsule = PyCapsule_New(&_blas, "polyagamma.Blas", NULL)
