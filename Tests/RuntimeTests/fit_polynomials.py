"""Computes the polynomial coefficients in Runtime/scalar_*.h (needs numpy and mpmath).

Each polynomial is a weighted least-squares fit on Chebyshev nodes whose weights are
raised where the error is large (Lawson), which converges to the minimax fit. The
coefficients are rounded to f32 one after the other, low order first, and the others
are fitted again each time. Nothing at build or run time depends on this script.
"""
import mpmath as mp
import numpy as np

mp.mp.dps = 40
NODES = 2000


def fit(name, f, scale, low, high, degree, single=True):
    """Prints p of `degree` with f(x) ~ p(x) on [low, high]; the error that counts is
    (p(x) - f(x)) * scale(x)."""
    x = (low + high) / 2 + (high - low) / 2 * np.cos(np.pi * (np.arange(NODES) + .5) / NODES)
    y = np.array([float(f(mp.mpf(v))) for v in x])
    s = np.array([float(scale(mp.mpf(v))) for v in x])
    center, half = (low + high) / 2, (high - low) / 2
    fixed = []

    def solve(start):
        w = np.ones(NODES)
        rest = y - sum((c * x**k for k, c in enumerate(fixed)), np.zeros(NODES))
        t = (x - center) / half if start == 0 else x / max(abs(low), abs(high))
        basis = np.vander(t, degree + 1 - start, increasing=True)
        basis = basis * (x**start)[:, None]
        best = None
        for _ in range(60):
            a = basis * (s * np.sqrt(w))[:, None]
            c, *_ = np.linalg.lstsq(a, rest * s * np.sqrt(w), rcond=None)
            e = np.abs((basis @ c - rest) * s)
            if best is None or e.max() < best[0]:
                best = (e.max(), c)
            w *= (e / e.max() + 1e-3)
            w /= w.mean()
        c = best[1]
        if start == 0:
            p = np.polynomial.Polynomial([0.0])
            u = np.polynomial.Polynomial([-center / half, 1 / half])
            for k in reversed(range(len(c))):
                p = p * u + c[k]
            c = p.coef
        else:
            c = c / max(abs(low), abs(high)) ** np.arange(len(c))
        return best[0], c

    error, c = solve(0)
    print(f"{name}: error {error:.2e}", end="")
    if single:
        while len(fixed) <= degree:
            fixed.append(float(np.float32(c[0])))
            if len(fixed) <= degree:
                error, c = solve(len(fixed))
        c = fixed
        e = np.abs((np.polynomial.polynomial.polyval(x, c) - y) * s).max()
        print(f", rounded {e:.2e}")
        print("  " + ", ".join(f"{float(np.float32(v))!r}" if False else f"{np.float32(v)!s}f" for v in c))
    else:
        print("\n  " + ", ".join(repr(float(v)) for v in c))


half_log2 = float(mp.log(2) / 2) * 1.001
fit("exp: (e^r - 1 - r) / r^2", lambda r: (mp.expm1(r) - r) / r**2,
    lambda r: r**2 / mp.exp(r), -half_log2, half_log2, 4)
fit("expm1: (e^r - 1 - r) / r^2", lambda r: (mp.expm1(r) - r) / r**2,
    lambda r: r**2 / mp.expm1(r), -half_log2, half_log2, 5)
fit("tanh: (tanh x - x) / x^3 over x^2", lambda u: (mp.tanh(mp.sqrt(u)) - mp.sqrt(u)) / u**1.5,
    lambda u: u**1.5 / mp.tanh(mp.sqrt(u)), 1e-6, 0.625**2, 4)
fit("log: (log(1 + f) - f + f^2 / 2) / f^3", lambda f: (mp.log1p(f) - f + f * f / 2) / f**3,
    lambda f: f**3 / mp.log1p(f), float(mp.sqrt(.5) - 1), float(mp.sqrt(2) - 1), 8)
fit("sin: (sin x - x) / x^3 over x^2", lambda u: (mp.sin(mp.sqrt(u)) - mp.sqrt(u)) / u**1.5,
    lambda u: u**1.5 / mp.sin(mp.sqrt(u)), 1e-6, float(mp.pi / 4 * 1.001)**2, 3)
fit("cos: (cos x - 1 + x^2 / 2) / x^4 over x^2", lambda u: (mp.cos(mp.sqrt(u)) - 1 + u / 2) / u**2,
    lambda u: u**2, 1e-6, float(mp.pi / 4 * 1.001)**2, 3)
fit("erf below 1: erf(x) / x - 1 over x^2", lambda u: mp.erf(mp.sqrt(u)) / mp.sqrt(u) - 1,
    lambda u: mp.sqrt(u) / mp.erf(mp.sqrt(u)), 1e-6, 1.0, 6)
fit("erf above 1: log(erfc(x)) over x - 1", lambda t: mp.log(mp.erfc(t + 1)),
    lambda t: mp.erfc(t + 1) / mp.erf(t + 1), 0.0, 3.0, 7)


fit("atan: atan(t) / t over t^2", lambda u: mp.atan(mp.sqrt(u)) / mp.sqrt(u),
    lambda u: mp.sqrt(u) / mp.atan(mp.sqrt(u)), 1e-9, 1.0, 11, single=False)
fit("tan: (tan r - r) / r^3 over r^2", lambda u: (mp.tan(mp.sqrt(u)) - mp.sqrt(u)) / u**1.5,
    lambda u: u**1.5 / mp.tan(mp.sqrt(u)), 1e-6, float(mp.pi / 4 * 1.001)**2, 8, single=False)
fit("sinh below 1: sinh(x) / x over x^2", lambda u: mp.sinh(mp.sqrt(u)) / mp.sqrt(u),
    lambda u: mp.sqrt(u) / mp.sinh(mp.sqrt(u)), 1e-9, 1.0, 5, single=False)


def scaled_erfc(t):
    """(1 + 2 x) exp(x^2) erfc(x) as a function of t = (x - 3.75) / (x + 3.75)."""
    x = 3.75 * (1 + t) / (1 - t)
    return (1 + 2 * x) * mp.exp(x * x) * mp.erfc(x)


fit("erfc", scaled_erfc, lambda t: 1 / scaled_erfc(t), -1.0, 0.46, 15, single=False)


def inverse(w):
    """erfinv(x) / x as a function of w = -log(1 - x^2)."""
    x = mp.sqrt(-mp.expm1(-w))
    if w < 30:
        return mp.erfinv(x) / x
    raise ValueError(w)


fit("erfinv center: erfinv(x) / x over w", inverse,
    lambda w: 1 / inverse(w), 1e-6, 5.0, 12, single=False)
fit("erfinv tail: erfinv(x) / x over sqrt(w) - 3", lambda t: inverse((t + 3)**2),
    lambda t: 1 / inverse((t + 3)**2), float(mp.sqrt(5) - 3), 1.09, 11, single=False)
log_third = float((mp.sqrt(2) - 1) / (mp.sqrt(2) + 1) * 1.001) ** 2
fit("pow, log: 2 atanh(s) / s / log 2 over s^2", lambda u: 2 * mp.atanh(mp.sqrt(u)) / mp.sqrt(u) / mp.log(2),
    lambda u: mp.mpf(1), 1e-9, log_third, 6, single=False)
fit("pow, exp: 2^f", lambda f: mp.mpf(2)**f, lambda f: 1 / mp.mpf(2)**f, -.5, .5, 7, single=False)
