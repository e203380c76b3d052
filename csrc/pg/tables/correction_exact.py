"""The correction R_b(ω) of the leading (Lévy) term of the PG(b, 0) density, to 25 digits and more.

f(ω | b, 0) = b / (2 sqrt(2πω³)) · exp(−b²/(8ω)) · exp(R_b(ω)),  X = 4ω ~ J*(b, 0).
"""

from mpmath import cosh, exp, log, mp, mpc, mpf, pi, sqrt, tan, tanh

mp.prec = 110

SERIES_MAX_SHAPE = 40  # the alternating series cancels ever more digits beyond


def saddlepoint_square(y):
    """Square v² = −t/2 of the saddle point: K'(t) = tanh(v)/(4v) = y for K(t) = −log cosh v."""

    def mean(w):
        v = sqrt(abs(w))
        return tanh(v) / (4 * v) if w > 0 else tan(v) / (4 * v) if w < 0 else mpf(1) / 4

    def slope(w):
        if abs(w) < mpf(10) ** -15:
            return mpf(-1) / 12
        v = sqrt(abs(w))
        if w > 0:
            return (1 - tanh(v) ** 2) / (8 * w) - tanh(v) / (8 * w * v)
        return (1 + tan(v) ** 2) / (8 * w) - tan(v) / (8 * w * v)

    below, above = -((pi / 2) ** 2), 1 / (16 * y * y) + 1
    if y < mpf(1) / 4:
        w = (1 - 2 * exp(-1 / (2 * y))) ** 2 / (16 * y * y)
    else:
        w = below * (1 - 1 / (4 * y)) * mpf("0.9")
    for _ in range(4000):
        excess = mean(w) - y
        below, above = (w, above) if excess > 0 else (below, w)
        step = w - excess / slope(w)
        step = step if below < step < above else (below + above) / 2
        converged = abs(step - w) <= mpf(2) ** (12 - mp.prec) * max(abs(w), mpf(10) ** -10)
        w = step
        if converged:
            return w
    raise ArithmeticError(f"no saddle point at y = {y}")


def log_cosh_root(w):
    """Log cosh sqrt(w) on the branch that is continuous along vertical lines."""
    v = sqrt(mpc(w))
    return v + log(1 + exp(-2 * v)) - log(mpf(2))


def leading_order(y):
    """A(y) = −I(y) + 1/(8y), I the Legendre transform of K: R_b(ω) = b·A(ω/b) + O(1) as b grows."""
    w = saddlepoint_square(y)
    return 2 * w * y - log_cosh_root(w).real + 1 / (8 * y)


def correction_by_series(b, omega):
    """R_b(ω) by the alternating series, with as many guard digits as it cancels."""
    with mp.workprec(mp.prec + 100 + int(8 * omega + 3 * b)):
        q = exp(-1 / (2 * omega))
        power = q * exp(-b / (2 * omega))  # q^(n² + nb)
        ratio = q * q * power
        tiny = mpf(2) ** (-mp.prec)
        weight = mpf(1)  # Γ(n + b) / (Γ(1 + b) n!)
        total, largest, n = mpf(1), mpf(1), 1
        while True:
            term = weight * (2 * n + b) * power
            total += -term if n % 2 else term
            largest = max(largest, term)
            if n > 3 and term < tiny:
                break
            weight *= (n + b) / (n + 1)
            power *= ratio
            ratio *= q * q
            n += 1
        assert total > largest * tiny * mpf(2) ** 80
        return b * log(mpf(2)) + log(total)


def correction_by_inversion(b, omega):
    """R_b(ω) by the trapezoidal rule along the vertical line through the saddle point (for large b)."""
    y = omega / b
    w = saddlepoint_square(y)
    t = -2 * w
    at_saddle = log_cosh_root(w).real
    v2 = abs(w)
    variance = (
        mpf(1) / 24
        if v2 < mpf(10) ** -15
        else (tanh(sqrt(w)) / sqrt(w) - 1 / cosh(sqrt(w)) ** 2) / (16 * w)
        if w > 0
        else (tan(sqrt(v2)) / sqrt(v2) - (1 + tan(sqrt(v2)) ** 2)) / (16 * w)
    )
    step = mpf("0.15") / sqrt(b * variance)
    total, k = mpf(1) / 2, 1
    while True:
        u = k * step
        term = exp(b * (at_saddle - log_cosh_root(-mpc(t, u) / 2) - mpc(0, u * y)))
        total += term.real
        if abs(term) < mpf(10) ** -28:
            break
        k += 1
    log_lead = log(b / 2) - log(2 * pi * omega**3) / 2
    return b * leading_order(y) + log(step * total / pi) - log_lead


def correction(b, omega):
    """R_b(ω)."""
    b, omega = mpf(b), mpf(omega)
    if b < SERIES_MAX_SHAPE:
        return correction_by_series(b, omega)
    return correction_by_inversion(b, omega)


def remainder(eps, x):
    """E(x, ε) = R_b(ω) − b log 2 − (b + 1)(A(x) − log 2) with ε = 1/(b + 1) and x = ω/(b + 1)."""
    b = 1 / mpf(eps) - 1
    log2 = log(mpf(2))
    return correction(b, x * (b + 1)) - b * log2 - (b + 1) * (leading_order(x) - log2)
