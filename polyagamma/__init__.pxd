# The C interface: exact draws and densities of PG(h, z) for other Cython modules.
from polyagamma._density cimport (
    cdf as polyagamma_cdf,
    logcdf as polyagamma_logcdf,
    logpdf as polyagamma_logpdf,
    logsf as polyagamma_logsf,
    pdf as polyagamma_pdf,
    sf as polyagamma_sf,
)
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
