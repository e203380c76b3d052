# The C interface of the variates: `from polyagamma cimport random_polyagamma` (see __init__.pxd).
# These functions are imported through Cython's capsules when the caller's module is loaded: nothing of this
# package has to be linked, and of headers only NumPy's are needed.
from numpy.random cimport bitgen_t

# What draws: AUTOMATIC chooses the fastest; STRIP adds up draws from PG(1, z) where h is an integer <= 256
# and |z| <= 16, and is INVERSE_GAUSSIAN elsewhere. All are exact for every h and z. The second row are the
# names of the PyPI package `polyagamma`, for code written against it.
cdef enum sampler_t:
    AUTOMATIC = 0, STRIP = 1, INVERSE_GAUSSIAN = 2,
    HYBRID = 0, DEVROYE = 1, ALTERNATE = 2, SADDLE = 2, GAMMA = 2

# One draw from PG(h, z); NaN unless 0 < h < inf and z is finite. The caller holds the generator's lock.
cdef double draw(bitgen_t* bitgen, double h, double z, sampler_t method) noexcept nogil

# n independent draws from PG(h, z) into out. The generator gives four words, whatever n is.
cdef void fill(
    bitgen_t* bitgen, double h, double z, sampler_t method, size_t n, double* out
) noexcept nogil

# out[i] ~ PG(h[i], z[i]) for i < n. `out` may be `h` or `z` itself, but may not overlap them otherwise.
cdef void fill_arrays(
    bitgen_t* bitgen, const double* h, const double* z, sampler_t method, size_t n, double* out
) noexcept nogil
