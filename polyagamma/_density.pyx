"""NumPy ufuncs over the densities, distribution functions, quantiles and moments of the C++ core."""

cimport cython

cdef extern from "pg/density.hpp" namespace "polyagamma" nogil:
    double core_pdf "polyagamma::pdf"(double x, double h, double z) noexcept
    double core_logpdf "polyagamma::logpdf"(double x, double h, double z) noexcept

cdef extern from "pg/distribution_function.hpp" namespace "polyagamma" nogil:
    double core_cdf "polyagamma::cdf"(double x, double h, double z) noexcept
    double core_logcdf "polyagamma::logcdf"(double x, double h, double z) noexcept
    double core_sf "polyagamma::sf"(double x, double h, double z) noexcept
    double core_logsf "polyagamma::logsf"(double x, double h, double z) noexcept


cdef double pdf(double x, double h, double z) noexcept nogil:
    return core_pdf(x, h, z)


cdef double logpdf(double x, double h, double z) noexcept nogil:
    return core_logpdf(x, h, z)


cdef double cdf(double x, double h, double z) noexcept nogil:
    return core_cdf(x, h, z)


cdef double logcdf(double x, double h, double z) noexcept nogil:
    return core_logcdf(x, h, z)


cdef double sf(double x, double h, double z) noexcept nogil:
    return core_sf(x, h, z)


cdef double logsf(double x, double h, double z) noexcept nogil:
    return core_logsf(x, h, z)


@cython.ufunc
cdef double pdf_ufunc(double x, double h, double z) noexcept nogil:
    return core_pdf(x, h, z)


@cython.ufunc
cdef double logpdf_ufunc(double x, double h, double z) noexcept nogil:
    return core_logpdf(x, h, z)


@cython.ufunc
cdef double cdf_ufunc(double x, double h, double z) noexcept nogil:
    return core_cdf(x, h, z)


@cython.ufunc
cdef double logcdf_ufunc(double x, double h, double z) noexcept nogil:
    return core_logcdf(x, h, z)


@cython.ufunc
cdef double sf_ufunc(double x, double h, double z) noexcept nogil:
    return core_sf(x, h, z)


@cython.ufunc
cdef double logsf_ufunc(double x, double h, double z) noexcept nogil:
    return core_logsf(x, h, z)
