"""Density, distribution function, moments and Laplace transform of the Pólya-gamma distribution."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from polyagamma import _density
from polyagamma._validation import arguments as checks

__all__ = [
    "polyagamma_cdf",
    "polyagamma_cumulant",
    "polyagamma_laplace",
    "polyagamma_mean",
    "polyagamma_pdf",
    "polyagamma_var",
]

FloatOrArray = float | NDArray[np.float64]

_LARGEST_ORDER = 4


def evaluate(ufunc: np.ufunc, *leading: tuple[str, ArrayLike], h: ArrayLike, z: ArrayLike) -> FloatOrArray:
    """Return ufunc(*leading, h, z), having checked h and z besides what `evaluate_anywhere` checks.

    Parameters
    ----------
    ufunc : numpy.ufunc
        A function of the core.
    *leading : (str, array_like) pairs
        Names and values of the arguments before h and z.
    h, z : array_like
        Parameters of the distribution.

    Returns
    -------
    float or ndarray of float64
        A float if all arguments are scalars.
    """
    checks.parameters(h, z)
    return evaluate_anywhere(ufunc, *leading, ("h", h), ("z", z))


def evaluate_anywhere(ufunc: np.ufunc, *arguments: tuple[str, ArrayLike]) -> FloatOrArray:
    """Return ufunc(*arguments), having checked that they are real and broadcast; NaN where h or z is bad.

    Parameters
    ----------
    ufunc : numpy.ufunc
        A function of the core.
    *arguments : (str, array_like) pairs
        Names and values.

    Returns
    -------
    float or ndarray of float64
        A float if all arguments are scalars.
    """
    arrays = {name: checks.real_array(name, value) for name, value in arguments}
    checks.broadcast_shape(**arrays)
    with np.errstate(all="ignore"):  # intermediate results of the core may overflow or underflow
        values = ufunc(*arrays.values())
    return float(values) if all(np.isscalar(value) for _, value in arguments) else np.asarray(values)


def polyagamma_pdf(
    x: ArrayLike, h: ArrayLike = 1.0, z: ArrayLike = 0.0, return_log: bool = False
) -> FloatOrArray:
    """Density of the Pólya-gamma distribution PG(h, z).

    Parameters
    ----------
    x : float or array_like of float
        Where to evaluate the density; any real number. NaN gives NaN.
    h : float or array_like of float, default 1.0
        Shape of the distribution, positive; it need not be an integer.
    z : float or array_like of float, default 0.0
        Tilt of the distribution, any finite number. Only its magnitude matters.
    return_log : bool, default False
        Return the logarithm of the density.

    Returns
    -------
    float or ndarray of float64
        A float if x, h and z are scalars, else an array of the shape that they broadcast to. 0, or -inf in
        logarithms, where x <= 0. NaN where h is not positive and finite or z not finite, as in SciPy's
        densities: samplers evaluate densities at such parameters, too, before they reject them.

    Raises
    ------
    TypeError
        If an argument does not consist of real numbers.
    ValueError
        If the shapes do not broadcast, or an element is masked.

    Notes
    -----
    The relative error is below 1e-12 within eight standard deviations of the mean for h up to 1e6; in the
    far tails the error of the logarithm is below 1e-12 of its value. For small x the density is an
    alternating series of inverse Gaussian type [1]_, elsewhere the Laplace transform is inverted by the
    midpoint rule on a parabola [2]_ through the saddlepoint.

    References
    ----------
    .. [1] N. G. Polson, J. G. Scott, J. Windle, "Bayesian inference for logistic models using Pólya-Gamma
       latent variables", Journal of the American Statistical Association 108 (2013), 1339-1349, section 2.3.
    .. [2] J. A. C. Weideman, L. N. Trefethen, "Parabolic and hyperbolic contours for computing the Bromwich
       integral", Mathematics of Computation 76 (2007), 1341-1356.

    Examples
    --------
    >>> from polyagamma import polyagamma_pdf
    >>> round(polyagamma_pdf(0.25, h=1.0, z=0.0), 12)
    1.829460902536
    """
    return evaluate_anywhere(
        _density.logpdf_ufunc if return_log else _density.pdf_ufunc, ("x", x), ("h", h), ("z", z)
    )


def polyagamma_cdf(
    x: ArrayLike, h: ArrayLike = 1.0, z: ArrayLike = 0.0, return_log: bool = False
) -> FloatOrArray:
    """Distribution function of the Pólya-gamma distribution PG(h, z).

    Parameters
    ----------
    x : float or array_like of float
        Where to evaluate the distribution function; any real number. NaN gives NaN.
    h : float or array_like of float, default 1.0
        Shape of the distribution, positive; it need not be an integer.
    z : float or array_like of float, default 0.0
        Tilt of the distribution, any finite number. Only its magnitude matters.
    return_log : bool, default False
        Return the logarithm of the distribution function.

    Returns
    -------
    float or ndarray of float64
        A float if x, h and z are scalars, else an array of the shape that they broadcast to. NaN where h or
        z is not valid, as for `polyagamma_pdf`.

    Raises
    ------
    TypeError
        If an argument does not consist of real numbers.
    ValueError
        If the shapes do not broadcast, or an element is masked.

    See Also
    --------
    PolyaGamma : The same with the survival function and quantiles.

    Notes
    -----
    Methods and errors as for `polyagamma_pdf`. The smaller tail is always computed directly.
    """
    return evaluate_anywhere(
        _density.logcdf_ufunc if return_log else _density.cdf_ufunc, ("x", x), ("h", h), ("z", z)
    )


def polyagamma_cumulant(n: ArrayLike, h: ArrayLike = 1.0, z: ArrayLike = 0.0) -> FloatOrArray:
    """Cumulants of the Pólya-gamma distribution PG(h, z).

    Parameters
    ----------
    n : int or array_like of int
        Orders, from 1 to 4.
    h : float or array_like of float, default 1.0
        Shape of the distribution, positive; it need not be an integer.
    z : float or array_like of float, default 0.0
        Tilt of the distribution, any finite number. Only its magnitude matters.

    Returns
    -------
    float or ndarray of float64
        A float if n, h and z are scalars, else an array of the shape that they broadcast to. The relative
        error is below 1e-13.

    Raises
    ------
    TypeError
        If an argument does not consist of real numbers.
    ValueError
        If n is not one of 1, 2, 3 and 4, h is not positive and finite or z not finite anywhere, an
        element is masked, or the shapes do not broadcast.

    Notes
    -----
    PG(h, z) is a sum of gamma variables [1]_, so that the cumulants are ``h (n-1)! / 2**n`` times the sum
    over k = 1, 2, ... of ``((z/2)**2 + (k - 1/2)**2 pi**2)**-n``. The first is the mean, the second the
    variance, and all are proportional to h.

    References
    ----------
    .. [1] N. G. Polson, J. G. Scott, J. Windle, "Bayesian inference for logistic models using Pólya-Gamma
       latent variables", Journal of the American Statistical Association 108 (2013), 1339-1349, equation 1.
    """
    orders = checks.real_array("n", n)
    checks.require_positive("n", orders)
    checks.require_integers("n", orders, _LARGEST_ORDER, "a cumulant")
    value = int(orders) if np.isscalar(n) else orders.astype(np.int_)
    return evaluate(_density.cumulant_ufunc, ("n", value), h=h, z=z)


def polyagamma_mean(h: ArrayLike = 1.0, z: ArrayLike = 0.0) -> FloatOrArray:
    """Mean of the Pólya-gamma distribution PG(h, z), ``h tanh(z/2) / (2 z)``, or ``h/4`` at z = 0.

    Parameters
    ----------
    h : float or array_like of float, default 1.0
        Shape of the distribution, positive; it need not be an integer.
    z : float or array_like of float, default 0.0
        Tilt of the distribution, any finite number. Only its magnitude matters.

    Returns
    -------
    float or ndarray of float64
        A float if h and z are scalars, else an array of the shape that they broadcast to.

    Raises
    ------
    TypeError, ValueError
        As for `polyagamma_cumulant`.
    """
    return polyagamma_cumulant(1, h, z)


def polyagamma_var(h: ArrayLike = 1.0, z: ArrayLike = 0.0) -> FloatOrArray:
    """Variance of PG(h, z), ``h (sinh(z) - z) / (4 z**3 cosh(z/2)**2)``, or ``h/24`` at z = 0.

    Parameters
    ----------
    h : float or array_like of float, default 1.0
        Shape of the distribution, positive; it need not be an integer.
    z : float or array_like of float, default 0.0
        Tilt of the distribution, any finite number. Only its magnitude matters.

    Returns
    -------
    float or ndarray of float64
        A float if h and z are scalars, else an array of the shape that they broadcast to.

    Raises
    ------
    TypeError, ValueError
        As for `polyagamma_cumulant`.
    """
    return polyagamma_cumulant(2, h, z)


def polyagamma_laplace(
    t: ArrayLike, h: ArrayLike = 1.0, z: ArrayLike = 0.0, return_log: bool = False
) -> FloatOrArray:
    """Laplace transform E exp(-t X) of X ~ PG(h, z).

    Parameters
    ----------
    t : float or array_like of float
        Where to evaluate the transform; any real number. NaN gives NaN.
    h : float or array_like of float, default 1.0
        Shape of the distribution, positive; it need not be an integer.
    z : float or array_like of float, default 0.0
        Tilt of the distribution, any finite number. Only its magnitude matters.
    return_log : bool, default False
        Return the logarithm of the transform, which does not overflow.

    Returns
    -------
    float or ndarray of float64
        A float if t, h and z are scalars, else an array of the shape that they broadcast to: the
        transform ``(cosh(z/2) / cosh(sqrt((z**2/2 + t)/2)))**h``, infinite for ``t <= -(z**2 + pi**2)/2``.

    Raises
    ------
    TypeError
        If an argument does not consist of real numbers.
    ValueError
        If h is not positive and finite or z not finite anywhere, an element is masked, or the shapes do not
        broadcast.

    Notes
    -----
    The relative error of the logarithm is below 1e-13, and a few units in the last place near the pole at
    ``-(z**2 + pi**2)/2``: t and z are taken for exact. See [1]_, equation 3.

    References
    ----------
    .. [1] N. G. Polson, J. G. Scott, J. Windle, "Bayesian inference for logistic models using Pólya-Gamma
       latent variables", Journal of the American Statistical Association 108 (2013), 1339-1349.
    """
    logarithm = evaluate(_density.log_laplace_ufunc, ("t", t), h=h, z=z)
    return logarithm if return_log else exponential(logarithm)


def exponential(logarithm: FloatOrArray) -> FloatOrArray:
    """Return exp(`logarithm`), a float for a float; infinite or 0, without a warning, out of range."""
    with np.errstate(over="ignore", under="ignore"):
        values = np.exp(logarithm)
    return float(values) if isinstance(logarithm, float) else np.asarray(values)
