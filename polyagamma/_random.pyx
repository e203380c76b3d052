cdef extern from "kernels/kernels.hpp" namespace "polyagamma" nogil:
    cdef struct Kernels:
        const char* level
    const Kernels& kernels()

def instruction_set():
    """Name of the instruction-set level in use."""
    return kernels().level.decode()
