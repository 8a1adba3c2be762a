"""How long noise takes to draw: microseconds a draw by its width.

    uv run python benchmarks/noise.py --draws 1000000

Ours with words from the operating system and with a table already made (the time for making it stands beside), OpenDP
with a twentieth of the draws where it is installed, NumPy for scale: its generator can be guessed and its numbers come
from floating point, so that nothing it made may be released. Then sticky noise: record keys and cells.
"""

import argparse
import time
from collections.abc import Callable
from fractions import Fraction
from importlib.util import find_spec

import numpy as np

from safeconduct.protect.perturbation import table
from safeconduct.protect.samplers import discrete_gaussian, discrete_laplace, gaussian_ladder, laplace_ladder
from safeconduct.protect.stream import fresh, record_keys

WIDTHS = (Fraction(1, 2), Fraction(2), Fraction(10), Fraction(50), Fraction(200), Fraction(2000))
REPEATS = 3
SECRET = bytes(range(32))


def seconds(work: Callable[[], object]) -> float:
    """The middle of three runs."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return sorted(times)[REPEATS // 2]


def opendp(width: Fraction, law: str, draws: int) -> Callable[[], object]:
    """OpenDP's discrete noise added to zeros."""
    import opendp.prelude as dp  # noqa: PLC0415 - only where it is installed

    dp.enable_features("contrib")
    domain = dp.vector_domain(dp.atom_domain(T=dp.i64))
    if law == "gaussian":
        made = dp.m.make_gaussian(domain, dp.l2_distance(T=float), scale=float(width))
    else:
        made = dp.m.make_laplace(domain, dp.l1_distance(T=dp.i64), scale=float(width))
    return lambda: made([0] * draws)


def numpy(width: Fraction, law: str, draws: int) -> Callable[[], object]:
    """NumPy's rounded Gaussian, or the difference of two geometric numbers."""
    rng, sigma = np.random.default_rng(7), float(width)
    if law == "gaussian":
        return lambda: np.rint(rng.normal(0, sigma, draws)).astype(np.int64)
    chance = float(-np.expm1(-1 / sigma))
    return lambda: rng.geometric(chance, draws) - rng.geometric(chance, draws)


def laws(draws: int) -> None:
    """A line for each law and width."""
    print(f"{'law':10}{'width':>8}{'table ms':>10}{'ours':>8}{'OpenDP':>8}{'NumPy (not for release)':>25}   µs a draw")
    for law in ("gaussian", "laplace"):
        for width in WIDTHS:
            parameter = width**2 if law == "gaussian" else width
            draw, ladder = (
                (discrete_gaussian, gaussian_ladder) if law == "gaussian" else (discrete_laplace, laplace_ladder)
            )
            start = time.perf_counter()
            ladder(parameter)
            made = (time.perf_counter() - start) * 1e3
            ours = seconds(lambda draw=draw, parameter=parameter: draw(parameter, draws, fresh())) / draws * 1e6
            few = max(1, draws // 20)
            peer = f"{seconds(opendp(width, law, few)) / few * 1e6:.2f}" if find_spec("opendp") else "absent"
            quick = seconds(numpy(width, law, draws)) / draws * 1e6
            print(f"{law:10}{float(width):>8g}{made:>10.1f}{ours:>8.3f}{peer:>8}{quick:>25.3f}")


def sticky(draws: int) -> None:
    """Tables, record keys, and noise of as many cells."""
    for reach, variance, smallest in ((5, 3000, 2), (8, 3000, 4), (20, 25_000, 4)):
        start = time.perf_counter()
        made = table(reach, variance, smallest)
        built = (time.perf_counter() - start) * 1e3
        counts = np.arange(draws, dtype=np.int64) % 1000
        keys = record_keys(SECRET).of(np.arange(draws))
        taken = seconds(lambda made=made, counts=counts, keys=keys: made.noise(counts, keys))
        print(f"sticky noise, reach {reach}: table {built:.1f} ms, {taken / draws * 1e6:.3f} µs a cell")
    print(f"record keys: {seconds(lambda: record_keys(SECRET).of(np.arange(draws))) / draws * 1e6:.3f} µs a person")


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=1_000_000)
    draws = parser.parse_args().draws
    laws(draws)
    sticky(draws)


if __name__ == "__main__":
    main()
