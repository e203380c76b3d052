# cython: freethreading_compatible=True, auto_pickle=False, autotestdict=False
"""Variates of the Pólya-gamma distribution: the compiled side of `polyagamma.random`."""

import numpy as np

cimport numpy as cnp
from cpython.exc cimport PyErr_CheckSignals
from cpython.pycapsule cimport PyCapsule_GetPointer
from libc.math cimport INFINITY, fabs
from libc.stdint cimport uint64_t
from numpy.random cimport bitgen_t

from polyagamma._validation import arguments as _checks

cdef extern from "simd/loops.hpp" namespace "polyagamma" nogil:
    cdef struct Loops:
        const char* level
    const Loops& loops()

cdef extern from "random/bitgen.hpp" namespace "polyagamma" nogil:
    cdef cppclass BitGen:
        pass

cdef extern from "pg/sampler.hpp" namespace "polyagamma" nogil:
    const size_t kBlock
    cdef enum class Method(int):
        automatic
        strip
        inverse_gaussian
    cdef cppclass Parameter:
        const double* data
        ptrdiff_t step
    cdef cppclass FillKey:
        @staticmethod
        FillKey take "from"(BitGen& bitgen)
    double core_draw "polyagamma::draw"(BitGen& bitgen, double h, double z, Method method)
    void core_fill "polyagamma::fill"(
        const FillKey& key, uint64_t first_block, Parameter h, Parameter z, size_t n, double* out,
        Method method
    )
    void fill_threaded(
        const FillKey& key, uint64_t first_block, Parameter h, Parameter z, size_t n, double* out,
        Method method, unsigned threads
    )

cdef extern from "pg/dispatcher.hpp" namespace "polyagamma" nogil:
    double largest_sum(Method method)

cnp.import_array()

cdef object Generator = np.random.Generator
cdef object RandomState = np.random.RandomState
cdef object default_rng = np.random.default_rng

# Blocks drawn between two looks for a signal, by each thread and in all: tens of milliseconds of work. A sum
# of strips may take a hundred times as long as other draws, so there are fewer.
cdef unsigned THREAD_BLOCKS = 2048
cdef unsigned CHUNK_BLOCKS = 8192
cdef unsigned STRIP_CHUNK_BLOCKS = 16
cdef unsigned COPIED_BLOCKS = 1024  # the most where arrays are copied: 8 MiB each


# ---- the C interface (declared in _random.pxd)

cdef double draw(bitgen_t* bitgen, double h, double z, sampler_t method) noexcept nogil:
    return core_draw((<BitGen*>bitgen)[0], h, z, <Method>method)


cdef void fill(
    bitgen_t* bitgen, double h, double z, sampler_t method, size_t n, double* out
) noexcept nogil:
    cdef FillKey key = FillKey.take((<BitGen*>bitgen)[0])
    core_fill(key, 0, parameter(&h, 0), parameter(&z, 0), n, out, <Method>method)


cdef void fill_arrays(
    bitgen_t* bitgen, const double* h, const double* z, sampler_t method, size_t n, double* out
) noexcept nogil:
    cdef FillKey key = FillKey.take((<BitGen*>bitgen)[0])
    core_fill(key, 0, parameter(h, 1), parameter(z, 1), n, out, <Method>method)


cdef inline Parameter parameter(const double* data, ptrdiff_t step) noexcept nogil:
    cdef Parameter result
    result.data = data
    result.step = step
    return result


# ---- generators

cdef object bit_generator_of(object random_state):
    """Return the bit generator that `random_state` is, holds or seeds."""
    if isinstance(random_state, Generator):
        return random_state.bit_generator
    if isinstance(random_state, RandomState):
        return random_state._bit_generator
    try:
        return default_rng(random_state).bit_generator
    except (TypeError, ValueError) as error:
        raise _checks.bad_random_state(random_state, error) from error


cdef bitgen_t* bitgen_of(object bit_generator) except NULL:
    return <bitgen_t*>PyCapsule_GetPointer(bit_generator.capsule, "BitGenerator")


# ---- one draw

cdef inline bint is_scalar(object value):
    return isinstance(value, (float, int)) or np.isscalar(value)


cdef double scalar_value(str name, object value) except? -1:
    if isinstance(value, (float, int)):
        try:
            return value
        except OverflowError:  # of an int, which the general check words
            pass
    return _checks.real_array(name, value).item()


cdef int require_strip_shapes(h) except -1:
    _checks.require_integers("h", h, int(largest_sum(Method.strip)), "this method")
    return 0


cdef int check_scalars(double h, double z, sampler_t method) except -1:
    """Raise ValueError for what PG(h, z) or `method` does not allow."""
    if not (0 < h < INFINITY and fabs(z) < INFINITY):
        _checks.parameters(h, z)
    if method == STRIP:
        require_strip_shapes(np.asarray(h))
    return 0


cdef object draw_scalar(object h, object z, sampler_t method, bint disable_checks, object random_state):
    """Return one draw as a Python float, its words taken straight from the generator."""
    cdef double drawn
    cdef double h_value = scalar_value("h", h)
    cdef double z_value = scalar_value("z", z)
    if not disable_checks:
        check_scalars(h_value, z_value, method)
    bit_generator = bit_generator_of(random_state)
    cdef bitgen_t* bitgen = bitgen_of(bit_generator)
    with bit_generator.lock:
        drawn = draw(bitgen, h_value, z_value, method)
    return drawn


# ---- arrays

cdef bint is_direct(cnp.ndarray array):
    """Return whether the core can work on the array's own memory."""
    return array.dtype == np.float64 and cnp.PyArray_ISCARRAY_RO(array)


cdef bint is_in_place(array, tuple shape):
    """Return whether a parameter of such a fill is one value, or used from its own memory."""
    return array.size == 1 or (array.shape == shape and is_direct(array))


cdef class _Input:
    """A parameter of a fill: one value, an array in place, or copies of an array's chunks."""

    cdef cnp.ndarray memory  # what `parameter` points at
    cdef object flat  # the broadcast array to copy from, or None
    cdef Parameter parameter

    def __init__(self, array, tuple shape, size_t chunk):
        if array.size == 1:
            self.memory = array.astype(np.float64)
        elif is_in_place(array, shape):
            self.memory = array
        else:
            self.memory = np.empty(chunk)
            self.flat = np.broadcast_to(array, shape).flat
        self.parameter = parameter(<const double*>cnp.PyArray_DATA(self.memory), array.size != 1)

    cdef Parameter chunk(self, size_t start, size_t n):
        """Return the elements from `start` to `start + n`."""
        if self.flat is not None:
            self.memory[:n] = self.flat[start:start + n]
            return self.parameter
        return parameter(self.parameter.data + start * self.parameter.step, self.parameter.step)


cdef class _Output:
    """Where a fill goes: an array in place, or a chunk that is copied to the array."""

    cdef cnp.ndarray memory
    cdef object flat
    cdef double* data

    def __init__(self, array, size_t chunk):
        if is_direct(array):
            self.memory = array
        else:
            self.memory = np.empty(chunk)
            self.flat = array.flat
        self.data = <double*>cnp.PyArray_DATA(self.memory)

    cdef double* chunk(self, size_t start):
        """Return where the elements from `start` on are to be drawn."""
        return self.data if self.flat is not None else self.data + start

    cdef int store(self, size_t start, size_t n) except -1:
        """Put the elements from `start` to `start + n`, drawn by now, in their place."""
        if self.flat is not None:
            self.flat[start:start + n] = self.memory[:n]
        return 0


cdef FillKey take_key(object bit_generator) except *:
    cdef bitgen_t* bitgen = bitgen_of(bit_generator)
    with bit_generator.lock:
        return FillKey.take((<BitGen*>bitgen)[0])


cdef int fill_chunks(FillKey key, h, z, out, sampler_t method, unsigned threads) except -1:
    """Draw into `out` chunk by chunk, answering signals in between."""
    cdef size_t total = out.size
    cdef size_t blocks = STRIP_CHUNK_BLOCKS if method == STRIP else min(THREAD_BLOCKS * threads, CHUNK_BLOCKS)
    if not (is_in_place(h, out.shape) and is_in_place(z, out.shape) and is_direct(out)):
        blocks = min(blocks, COPIED_BLOCKS)
    cdef size_t chunk = min(total, kBlock * blocks)
    cdef _Input h_input = _Input(h, out.shape, chunk)
    cdef _Input z_input = _Input(z, out.shape, chunk)
    cdef _Output output = _Output(out, chunk)
    cdef Parameter h_chunk, z_chunk
    cdef double* drawn
    cdef size_t start = 0
    cdef size_t n
    while start < total:
        n = min(chunk, total - start)
        h_chunk, z_chunk, drawn = h_input.chunk(start, n), z_input.chunk(start, n), output.chunk(start)
        with nogil:
            fill_threaded(key, start // kBlock, h_chunk, z_chunk, n, drawn, <Method>method, threads)
        output.store(start, n)
        PyErr_CheckSignals()
        start += n
    return 0


cdef object fill_array(h, z, size, out, sampler_t method, bint disable_checks, random_state, threads):
    """Return an array of draws: `out`, or a new one."""
    h, z = _checks.real_array("h", h), _checks.real_array("z", z)
    if not disable_checks:
        _checks.parameters(h, z)
        if method == STRIP:
            require_strip_shapes(h)
    shape = _checks.result_shape(size, out, h=h, z=z)
    cdef unsigned workers = min(_checks.thread_count(threads), CHUNK_BLOCKS)
    bit_generator = bit_generator_of(random_state)
    drawn = np.empty(shape) if out is None else np.asarray(out)
    h, z = _checks.unaliased(h, drawn), _checks.unaliased(z, drawn)
    fill_chunks(take_key(bit_generator), h, z, drawn, method, workers)
    return drawn if out is None else out


cdef sampler_t sampler_of(object method) except *:
    if method is None:
        return AUTOMATIC
    return STRIP if _checks.kernel(method) == "strip" else INVERSE_GAUSSIAN


def random_polyagamma(
    h=1.0, z=0.0, *, size=None, out=None, method=None, disable_checks=False, random_state=None, threads=None
):
    """Draw from the Pólya-gamma distribution PG(h, z).

    Every draw is exact, whatever h > 0 and z are: no method approximates the distribution.

    Parameters
    ----------
    h : float or array_like of float, default 1.0
        Shape of the distribution, positive; it need not be an integer.
    z : float or array_like of float, default 0.0
        Tilt of the distribution, any finite number. Only its magnitude matters.
    size : int or tuple of int, optional
        Shape of the result. h and z must broadcast to it. By default the shape that they broadcast to.
    out : ndarray of float64, optional
        Array to draw into, of any memory layout; it may share memory with h and z. They must broadcast to
        its shape, and `size`, if given, must be it. After an interrupt (Ctrl-C) some of it is overwritten.
    method : {None, "strip", "inverse_gaussian"}, optional
        Algorithm. None chooses the fastest for each h and z. "strip" adds up draws from PG(1, z) by
        rejection from a tilted strip table and needs integers h <= 256 (z beyond the table, ``|z| > 16``,
        goes the other way); "inverse_gaussian" rejects from an inverse Gaussian envelope and takes any h. The
        names of the PyPI package `polyagamma` are accepted as well: "devroye" is "strip", and "alternate",
        "saddle" and "gamma" are "inverse_gaussian".
    disable_checks : bool, default False
        Do not look for invalid values in h and z: the draws are NaN there.
    random_state : None, int, SeedSequence, BitGenerator, Generator or RandomState, optional
        Source of randomness; anything but a generator is handed to `numpy.random.default_rng`.
        None seeds a new generator from the operating system.
    threads : int, optional
        Number of threads that draw; changes the speed and never the numbers. By default the value of the
        environment variable POLYAGAMMA_NUM_THREADS, or else 1. Small arrays are drawn on one.

    Returns
    -------
    float or ndarray of float64
        A float if h and z are scalars and neither `size` nor `out` is given; `out` if it is given; else a
        new array.

    Raises
    ------
    TypeError
        If an argument has the wrong type, or `out` is no array of float64.
    ValueError
        If h is not positive and finite or z not finite anywhere (unless `disable_checks`), an element of
        them is masked, h does not suit the method, shapes do not go together, `out` is read-only, or
        `method`, `threads` or the seed is invalid.

    Notes
    -----
    X ~ PG(h, z) has the Laplace transform E exp(-tX) = (cosh(z/2) / cosh(sqrt((z**2/2 + t)/2)))**h, the mean
    h tanh(z/2) / (2z), and for z = 0 the mean h/4 [1]_.

    A float is drawn from the generator directly. An array takes four 64-bit words from it, whatever its
    size, which start a stream of their own for each block of 1024 elements in C order. So equal arguments
    and an equal generator give equal numbers, whatever the memory layout of the arrays, the number of
    threads and the instruction set of the processor. What may change between versions is written down in
    docs/stream_policy.md.

    The generator's lock is held while words are taken from it, and the global interpreter lock is released
    while an array is drawn.

    References
    ----------
    .. [1] N. G. Polson, J. G. Scott, J. Windle, "Bayesian inference for logistic models using Pólya-Gamma
       latent variables", Journal of the American Statistical Association 108 (2013), 1339-1349, section 2.

    Examples
    --------
    >>> import numpy as np
    >>> from polyagamma import random_polyagamma
    >>> rng = np.random.default_rng(1)
    >>> omega = random_polyagamma([1.0, 2.5, 1e6], [[-3.0], [0.0]], random_state=rng)
    >>> omega.shape
    (2, 3)
    """
    cdef sampler_t sampler = sampler_of(method)
    if size is None and out is None and is_scalar(h) and is_scalar(z):
        return draw_scalar(h, z, sampler, disable_checks, random_state)
    return fill_array(h, z, size, out, sampler, disable_checks, random_state, threads)


def instruction_set():
    """Return the name of the instruction-set level in use: "baseline", "v3" or "v4"."""
    return loops().level.decode()
