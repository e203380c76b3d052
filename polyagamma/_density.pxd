# The C interface of the densities and distribution functions: `from polyagamma cimport polyagamma_pdf`
# (see __init__.pxd). NaN where h is not a positive finite number, z is not finite or x is NaN.
cdef double pdf(double x, double h, double z) noexcept nogil
cdef double logpdf(double x, double h, double z) noexcept nogil
cdef double cdf(double x, double h, double z) noexcept nogil
cdef double logcdf(double x, double h, double z) noexcept nogil
cdef double sf(double x, double h, double z) noexcept nogil
cdef double logsf(double x, double h, double z) noexcept nogil
