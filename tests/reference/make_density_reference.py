"""Write density_reference.csv: log density and log tails of PG(h, z) from formulas the package does not use.

Run `python tests/reference/make_density_reference.py`; it needs mpmath and some three minutes of processor
time. Every value comes from one of two independent formulas, from both where both are feasible, and else is
computed twice with different precision and contours:

- `series`: the alternating inverse-Gaussian series (Polson, Scott & Windle 2013, section 2.3), integrated
  term by term, in as many digits as its cancellation needs (h <= 100 or z >= 40);
- `inversion`: the trapezoidal rule for the Laplace inversion integral on a vertical line (h >= 20 and
  z <= 200).
"""

import csv
from multiprocessing import Pool
from pathlib import Path

import mpmath as mp

TARGET = Path(__file__).with_name("density_reference.csv")
DIGITS = 20  # correct digits asked of every value before it is rounded to double precision

SHAPES = [1e-8, 1e-3, 0.01, 0.1, 0.5, 1, 1.5, 2, 3, 7.3, 20, 50, 100, 333.3, 1e3, 1e4, 1e5, 1e6]
TILTS = [0, 1e-9, 1e-3, 0.1, 0.5, 1, 2, 3, 5, 8, 12, 16, 20, 40, 100, 178, 300, 1000, 1e6, 1e300]
DEVIATIONS = [-25, -8, -3, -1, 0, 1, 3, 8, 40]  # in standard deviations
SMALL_SHAPE_FACTORS = ["0.02", "0.3", 8, 200, 30000]  # times h²/4, the scale of the left tail
RIGHT_TAIL = [0.3, 2, 20]


def mean_and_variance(h, z):
    """Exact mean and variance in the working precision."""
    if z < mp.mpf("1e-5"):
        return h / 4 * (1 - z**2 / 12), h / 24 * (1 - z**2 / 5)
    if z > 1000:
        return h / (2 * z), h / (2 * z**3)
    mean = h * mp.tanh(z / 2) / (2 * z)
    return mean, h * (mp.sinh(z) - z) / (4 * z**3 * mp.cosh(z / 2) ** 2)


def erfc(y):
    """erfc(y) in the working precision, for huge |y| too (which mpmath refuses)."""
    if abs(y) < 1000:
        return mp.erfc(y)
    if y < 0:
        return 2 - erfc(-y)
    term = total = mp.mpf(1)
    for k in range(1, 60):
        term *= -(2 * k - 1) / (2 * y * y)
        total += term
    return mp.exp(-y * y) / (y * mp.sqrt(mp.pi)) * total


def series(x, h, z, digits):
    """Density, lower tail and upper tail by the alternating series, until `digits` digits are safe."""
    with mp.workdps(400):
        level, drift = mp.mpf(h) / 2, mp.mpf(z) * mp.mpf(x)
        upper = z >= 2 and drift > level  # sum this tail; the other is its complement
        extra = 30 + int(mp.log10(1 + drift * z + level**2 / x))  # the exponents need these digits
    while True:
        with mp.workdps(digits + extra):
            sums, largest = _series_once(mp.mpf(x), mp.mpf(h), mp.mpf(z), upper)
            density, tail = sums
            values = [density, 1 - tail, tail] if upper else [density, tail, 1 - tail]
            largest += [mp.mpf(1)]
            lost = max(
                mp.log10(big / abs(value)) if value else mp.inf
                for value, big in zip([density, tail, 1 - tail], largest, strict=True)
            )
            if lost < extra - 10:
                return values
            extra = 2 * extra + 20 if lost == mp.inf else int(lost) + 30


def _series_once(x, h, z, upper):
    """The sums of the density's and one tail's series, and the largest term of each."""
    root = mp.sqrt(2 * x)
    # log of (1 + e^{-z})^h e^{hz/2}, the total mass over the untilted leading term
    mass = h * mp.log1p(mp.exp(-z)) + h * z / 2
    sign = -1 if upper else 1
    coefficient = mp.mpf(1)
    sums, largest = [mp.mpf(0)] * 2, [mp.mpf(0)] * 2
    n = 0
    while True:
        level = n + h / 2
        gaussian = mp.exp(mass - level**2 / (2 * x) - z**2 * x / 2)
        direct = mp.exp(mass - level * z) * erfc(sign * (level - z * x) / root) / 2
        reflected = mp.exp(mass + level * z) * erfc((level + z * x) / root) / 2
        terms = [
            coefficient * gaussian * level / mp.sqrt(2 * mp.pi * x**3),
            coefficient * (direct + sign * reflected),
        ]
        for i, term in enumerate(terms):
            sums[i] += term
            largest[i] = max(largest[i], abs(term), abs(coefficient * direct) if i else 0)
        if n > 3 and all(abs(t) <= b * mp.eps for t, b in zip(terms, largest, strict=True)):
            return sums, largest
        coefficient *= -(h + n) / (n + 1)
        n += 1


def log_cosh_root(s):
    """log cosh √s for complex s with the continuous branch of the logarithm."""
    v = mp.sqrt(s)
    return v + mp.log1p(mp.exp(-2 * v)) - mp.log(2)


def saddlepoint(x, h):
    """The s at which h tanh(√s)/(4√s) = x."""
    target = 4 * x / h

    def excess(log_distance):
        v = mp.sqrt(mp.exp(log_distance) - mp.pi**2 / 4)
        return mp.log((mp.tanh(v) / v).real / target) if v else -mp.log(target)

    start = mp.log(2 / target + 1 / target**2)
    return mp.exp(mp.findroot(excess, start, tol=mp.mpf(10) ** -(mp.mp.dps))) - mp.pi**2 / 4


def inversion(x, h, z, digits, clearance=1.0):
    """The same by the trapezoidal rule for the inversion integral in s = z²/4 + t/2.

    The contour of a tail keeps `clearance` standard deviations away from the pole.
    """
    with mp.workdps(digits + 25 + int(mp.log10(h + 1) + mp.log10(z + 1))):
        return _inversion_once(mp.mpf(x), mp.mpf(h), mp.mpf(z), digits, clearance)


def _inversion_once(x, h, z, digits, clearance):
    pole = z**2 / 4
    centre = saddlepoint(x, h)
    curvature = -h * mp.diff(lambda s: log_cosh_root(s).real, centre, 2)
    width = 1 / mp.sqrt(curvature)
    needed = digits * mp.log(10)

    def integrate(vertex, weight):
        """1/(2πi) ∫ exp(exponent) weight(t) dt on Re s = vertex; the step is halved until nothing changes."""
        start = log_cosh_root(vertex).real
        scale = mp.exp(2 * x * (vertex - pole) - h * (start - log_cosh_root(pole).real))

        def term(height):
            s = mp.mpc(vertex, height)
            value = mp.exp(2j * x * height - h * (log_cosh_root(s) - start)) * weight(2 * (s - pole))
            return value.real, abs(value)

        def rule(step):
            total, j = term(mp.mpf(0))[0] / 2, 1
            while True:
                value, size = term(j * step)
                total += value
                if size < abs(total) * mp.exp(-needed) / 100:
                    return 2 / mp.pi * step * total * scale
                j += 1

        step = width * mp.pi * mp.sqrt(2 / needed)
        previous = rule(step)
        while True:
            step /= 2
            current = rule(step)
            if abs(current - previous) < abs(current) * mp.exp(-needed):
                return current
            previous = current

    density = integrate(centre, lambda _: mp.mpf(1))
    if centre > pole:  # left of the mean: the contour passes right of the pole
        lower = integrate(max(centre, pole + clearance * width), lambda t: 1 / t)
        return [density, lower, 1 - lower]
    floor = -(mp.pi**2) / 4
    upper = -integrate(min(centre, max(pole - clearance * width, (pole + floor) / 2)), lambda t: 1 / t)
    return [density, 1 - upper, upper]


def points(h, z):
    """The doubles x at which the table gives PG(h, z): few digits, but fine enough for its width."""
    with mp.workdps(400):
        mean, variance = mean_and_variance(mp.mpf(h), mp.mpf(z))
        deviation = mp.sqrt(variance)
        middle = float(mean)
        if deviation < mean * mp.mpf("1e-12"):  # the law is about as narrow as the spacing of doubles
            return [middle * factor for factor in (0.5, 1 - 2**-52, 1, 1 + 2**-52, 2)]
        xs = [mean + k * deviation for k in DEVIATIONS]
        if h < 3:
            xs += [mp.mpf(h) ** 2 / 4 * factor for factor in map(mp.mpf, SMALL_SHAPE_FACTORS)]
            xs = [x for x in xs if x < min(RIGHT_TAIL[0], mean + 60 * deviation)]
            xs += RIGHT_TAIL if z < 50 else []
        figures = 3 + max(0, int(mp.log10(mean / deviation)))
        rounded = {middle, *(float(mp.nstr(mp.mpf(x), figures)) for x in xs)}
    lowest = min(middle, h * h) * 1e-3
    return sorted(x for x in rounded if x > lowest)


def agree(first, second, digits):
    """Whether all three values agree to so many digits."""
    return all(abs(a - b) <= abs(b) * mp.mpf(10) ** -digits for a, b in zip(first, second, strict=True))


def reference(x, h, z):
    """Log density, log cdf and log sf at x, checked as the module's docstring says."""
    if h <= 100 or z >= 40:
        values = series(x, h, z, DIGITS)
        invert = h >= 20 and z <= 200
        check = inversion(x, h, z, DIGITS - 5) if invert else series(x, h, z, DIGITS + 15)
    else:
        values = inversion(x, h, z, DIGITS)
        check = inversion(x, h, z, DIGITS - 5, clearance=1.7)
    if not agree(check, values, DIGITS - 6):
        raise ArithmeticError(f"no agreement at x={x}, h={h}, z={z}: {values} {check}")
    density, lower, upper = values
    with mp.workdps(40):
        return [
            float(mp.log(density)),
            float(mp.log(lower) if lower < 0.5 else mp.log1p(-upper)),
            float(mp.log(upper) if upper < 0.5 else mp.log1p(-lower)),
        ]


def rows(parameters):
    """The table's rows for one (h, z)."""
    h, z = parameters
    return [[f"{h:g}", f"{z:g}", repr(x), *(f"{v:.16g}" for v in reference(x, h, z))] for x in points(h, z)]


def main():
    """Write the table."""
    grid = [(h, z) for h in SHAPES for z in TILTS]
    with Pool() as pool, TARGET.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["h", "z", "x", "logpdf", "logcdf", "logsf"])
        for block in pool.imap(rows, grid):
            writer.writerows(block)


if __name__ == "__main__":
    main()
