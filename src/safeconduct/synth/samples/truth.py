"""What no operator has: where the people of a sample really lived, before and after."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from safeconduct.model.areas import AreaLevel
from safeconduct.synth.samples.country import Country
from safeconduct.synth.samples.events import Outages
from safeconduct.synth.samples.network import Network
from safeconduct.synth.samples.parameters import WINDOW, CdrSample
from safeconduct.synth.samples.people import HOME, People

Whole = NDArray[np.int64]
FORMAT = 1


def truth(
    sample: CdrSample, *, country: Country, network: Network, people: People, silence: Outages
) -> dict[str, object]:
    """The ground truth of a sample.

    A resident of a district is a person whose home was there on most of the 14 days before the disaster (fewer where
    the sample starts later); one who moved had their home in another district on most of the 14 days from the
    disaster on, whatever made them move. Everybody counts, also who made no event.

    Returns:
        `disaster_day`, the two windows with both ends included, `stricken` (code, name, `residents`, `moved`,
        `displaced` as a share or `None` without residents, `destinations` as shares of the moved by code), `elsewhere`
        for all other districts together, `outages` and the parameters. `stricken` is empty and the windows are `None`
        where the sample ends before the disaster.
    """
    before, after = _windows(sample)
    found: dict[str, object] = {
        "format": FORMAT,
        "country": country.places[AreaLevel.COUNTRY][0].name,
        "disaster_day": sample.disaster.isoformat(),
        "before": _days(sample, before),
        "after": _days(sample, after),
        "stricken": [],
        "sample": sample.to_json(),
        "outages": _outages(sample, network=network, silence=silence),
    }
    if before and after:
        old, new = (_homes(people, network, window) for window in (before, after))
        codes = country.places[AreaLevel.DISTRICT]
        found["stricken"] = [
            {"code": codes[one].code, "name": codes[one].name}
            | _moved(old == one, old, new, codes=[place.code for place in codes])
            for one in people.stricken
        ]
        others = _moved(~np.isin(old, people.stricken), old, new, codes=[place.code for place in codes])
        found["elsewhere"] = {name: others[name] for name in ("residents", "moved", "displaced")}
    return found


def _windows(sample: CdrSample) -> tuple[range, range]:
    """Indexes of the days before and from the disaster on; empty where the sample has none."""
    start = min(sample.disaster_day, sample.days)
    return range(max(0, start - WINDOW), start), range(start, min(start + WINDOW, sample.days))


def _days(sample: CdrSample, window: range) -> list[str] | None:
    if not window:
        return None
    ends: tuple[date, date] = (sample.day(window[0]), sample.day(window[-1]))
    return [one.isoformat() for one in ends]


def _homes(people: People, network: Network, window: range) -> Whole:
    """Index of the district of each person's home on most days of a window; a tie goes to the later home."""
    first, last = window[0], window[-1] + 1
    gone = np.clip(people.returns, first, last) - np.clip(people.moves, first, last)
    here = len(window) - gone
    late = people.returns >= last
    away = (gone > here) | ((gone == here) & late)
    site = np.where(away, people.after[:, HOME], people.before[:, HOME])
    return network.district[site]


def _moved(residents: NDArray[np.bool_], old: Whole, new: Whole, *, codes: list[str]) -> dict[str, object]:
    moved = residents & (old != new)
    number, total = int(moved.sum()), int(residents.sum())
    goals = np.bincount(new[moved], minlength=len(codes))
    return {
        "residents": total,
        "moved": number,
        "displaced": number / total if total else None,
        "destinations": {codes[one]: int(goals[one]) / number for one in np.flatnonzero(goals)},
    }


def _outages(sample: CdrSample, *, network: Network, silence: Outages) -> list[dict[str, object]]:
    """Each silence with the cells that stood on the silent site that day."""
    found: list[dict[str, object]] = []
    for index in range(sample.days):
        names, start, number = network.in_service(sample.day(index))
        for site in np.flatnonzero(silence.start[index] < silence.end[index]).tolist():
            cells = names[start[site] : start[site] + number[site]]
            found.append(
                {
                    "day": sample.day(index).isoformat(),
                    "site": site_name(site),
                    "from_hour": int(silence.start[index, site]) // 3600,
                    "to_hour": int(silence.end[index, site]) // 3600,
                    "cells": [network.names[one] for one in cells],
                }
            )
    return found


def site_name(site: int) -> str:
    """A site's name in the cells file."""
    return f"S{site + 1:05d}"
