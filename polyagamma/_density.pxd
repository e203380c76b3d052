"""Densities and distribution functions of PG(h, z) for other Cython modules: `from polyagamma._density cimport pdf`.

NaN where h is not a positive finite number, z is not finite or x is NaN.
"""

cdef double pdf(double x, double h, double z) noexcept nogil
cdef double logpdf(double x, double h, double z) noexcept nogil
cdef double cdf(double x, double h, double z) noexcept nogil
cdef double logcdf(double x, double h, double z) noexcept nogil
cdef double sf(double x, double h, double z) noexcept nogil
cdef double logsf(double x, double h, double z) noexcept nogil
