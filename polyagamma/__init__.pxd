# The C interface: exact draws and densities of PG(h, z) for other Cython modules.
from polyagamma._random cimport (
    ALTERNATE,
    AUTOMATIC,
    DEVROYE,
    GAMMA,
    HYBRID,
    INVERSE_GAUSSIAN,
    SADDLE,
    STRIP,
    draw as random_polyagamma,
    fill as random_polyagamma_fill,
    fill_arrays as random_polyagamma_fill2,
    sampler_t,
)
