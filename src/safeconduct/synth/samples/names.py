"""Invented names of places: put together from syllables, so that no real place is meant."""

from collections.abc import Iterator
from itertools import count

PROVINCES = ("Northern Velma", "Ostara", "Central Ossembe", "Zelind", "Southern Quelo")
DISTRICTS = (
    "Abrendu", "Balvissa", "Cambrelo", "Dorwanti", "Elsunga", "Fandrimo", "Gorvelle", "Hastumba", "Ilbrando",
    "Jovareki", "Kestimbu", "Lorvanga", "Mizdelo", "Nurvambe", "Orbessa", "Pandrevo", "Quistanga", "Rumvelo",
    "Selbranda", "Tivonku", "Umbrelsa", "Vostamba",
)  # fmt: skip
FIRST = ("Ka", "Mbe", "Tso", "Ru", "Ndi", "Vel", "Zan", "Or", "Lom", "Fe", "Bro", "Hi", "Se", "Wo", "Gre", "Ju", "Pa")
MIDDLE = ("luna", "vi", "tra", "zo", "re", "mi", "sa", "do", "be", "gwa", "ni")
LAST = ("da", "mbo", "ri", "ssa", "ku", "ne", "vo")


def communes(number: int) -> Iterator[str]:
    """`number` names of three syllables, no two alike."""
    return (
        FIRST[step % len(FIRST)] + MIDDLE[step * 5 % len(MIDDLE)] + LAST[step * 3 % len(LAST)]
        for step in (next(steps) for steps in [count()] for _ in range(number))
    )
