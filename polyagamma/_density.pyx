# cython: freethreading_compatible=True, auto_pickle=False, autotestdict=False
"""NumPy ufuncs over the densities, distribution functions, quantiles and moments of the C++ core.

They check nothing: the result is NaN where an argument is invalid (see the headers).
"""

cimport cython

cdef extern from "pg/density.hpp" namespace "polyagamma" nogil:
    double core_pdf "polyagamma::pdf"(double x, double h, double z) noexcept
    double core_logpdf "polyagamma::logpdf"(double x, double h, double z) noexcept

cdef extern from "pg/distribution_function.hpp" namespace "polyagamma" nogil:
    double core_cdf "polyagamma::cdf"(double x, double h, double z) noexcept
    double core_logcdf "polyagamma::logcdf"(double x, double h, double z) noexcept
    double core_sf "polyagamma::sf"(double x, double h, double z) noexcept
    double core_logsf "polyagamma::logsf"(double x, double h, double z) noexcept

cdef extern from "pg/quantile.hpp" namespace "polyagamma" nogil:
    double core_ppf "polyagamma::ppf"(double q, double h, double z) noexcept
    double core_isf "polyagamma::isf"(double q, double h, double z) noexcept

cdef extern from "pg/moments.hpp" namespace "polyagamma" nogil:
    double core_cumulant "polyagamma::cumulant"(int n, double h, double z) noexcept
    double core_standard_deviation "polyagamma::standard_deviation"(double h, double z) noexcept
    double core_skewness "polyagamma::skewness"(double h, double z) noexcept
    double core_excess_kurtosis "polyagamma::excess_kurtosis"(double h, double z) noexcept
    double core_log_laplace "polyagamma::log_laplace"(double t, double h, double z) noexcept


# ---- the C interface (declared in _density.pxd)

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


# ---- ufuncs

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


@cython.ufunc
cdef double ppf_ufunc(double q, double h, double z) noexcept nogil:
    return core_ppf(q, h, z)


@cython.ufunc
cdef double isf_ufunc(double q, double h, double z) noexcept nogil:
    return core_isf(q, h, z)


@cython.ufunc
cdef double cumulant_ufunc(long n, double h, double z) noexcept nogil:
    return core_cumulant(<int>n if 0 < n < 5 else 0, h, z)


@cython.ufunc
cdef double standard_deviation_ufunc(double h, double z) noexcept nogil:
    return core_standard_deviation(h, z)


@cython.ufunc
cdef double skewness_ufunc(double h, double z) noexcept nogil:
    return core_skewness(h, z)


@cython.ufunc
cdef double excess_kurtosis_ufunc(double h, double z) noexcept nogil:
    return core_excess_kurtosis(h, z)


@cython.ufunc
cdef double log_laplace_ufunc(double t, double h, double z) noexcept nogil:
    return core_log_laplace(t, h, z)
