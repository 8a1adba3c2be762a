"""What is counted of a day: FlowKit's 29 numbers as FlowKit defines them, against a plain computation in Python."""

import random
from collections import Counter, defaultdict
from datetime import date, timedelta
from statistics import median

import pytest

from safeconduct.ingest.quality import EVERY_TYPE, Day, quality_check
from safeconduct.ingest.quality_pass import QualityPass
from safeconduct.model.areas import EventType
from safeconduct.model.quality import Source
from safeconduct.store.records import connect

FIRST = date(2026, 1, 5)
KEEP = '[identifiers]\ncounterpart = "pseudonymise"\nimsi = "pseudonymise"\nimei = "pseudonymise"'
FLOWKIT = {
    "count_added_rows", "count_duplicated", "count_duplicates", "count_imeis", "count_imsis", "count_locatable_events",
    "count_locatable_location_ids", "count_location_ids", "count_msisdns", "count_null_imeis", "count_null_imsis",
    "count_null_location_ids", "earliest_timestamp", "latest_timestamp", "max_msisdns_per_imei",
    "max_msisdns_per_imsi",
    "count_added_rows_outgoing.calls", "count_null_counterparts.calls", "count_null_durations.calls",
    "count_onnet_msisdns.calls", "count_onnet_msisdns_incoming.calls", "count_onnet_msisdns_outgoing.calls",
    "max_duration.calls", "median_duration.calls",
    "count_added_rows_outgoing.sms", "count_null_counterparts.sms", "count_onnet_msisdns.sms",
    "count_onnet_msisdns_incoming.sms", "count_onnet_msisdns_outgoing.sms",
}  # fmt: skip


def counted(world, many=2):
    """Figures of every day of the world."""
    records, manifest = world.records(), world.manifest()
    connection = connect(read=[records.folder], spill=world.folders.spill, memory_mb=256, threads=1)
    try:
        passing = QualityPass(connection, records, manifest, many=many)
        sources = [Source(type=one.type, day=one.day) for one in manifest.partitions]
        return {one.source.day: one for one in passing.figures(sources)}
    finally:
        connection.close()


def drawn_rows(seed: int, rows: int) -> list[tuple[str, ...]]:
    """Rows of three days by few people, so that there are duplicates, shared devices and events without anything."""
    rng = random.Random(seed)  # noqa: S311 - drawn rows, nothing secret
    found = []
    for _ in range(rows):
        at = f"{FIRST + timedelta(rng.randrange(3))} {rng.randrange(24):02}:{rng.choice('012')}0:00"
        way = rng.choice(["outgoing", "incoming", ""])
        rest = (rng.choice(["+258841", "+258849", ""]), rng.choice(["643", "644", ""]), rng.choice(["350", ""]))
        found.append((f"+25884{rng.randrange(9)}", at, rng.choice(["a1", "b1", "sea"]), way, *rest,
                      rng.choice(["60", "7.5", ""])))  # fmt: skip
    return found


def by_hand(rows: list[tuple[str, ...]]) -> dict[str, object]:
    """FlowKit's definitions, one expression each, over the rows of one day."""
    persons, times, cells, ways, others, imsis, imeis, amounts = zip(*rows, strict=True)
    groups = Counter(rows)

    def per(ids: tuple[str, ...]) -> int:
        people = defaultdict(set)
        for one, person in zip(ids, persons, strict=True):
            if one:
                people[one].add(person)
        return max(map(len, people.values()))

    seconds = [int(at[11:13]) * 3600 + int(at[14:16]) * 60 for at in times]
    lengths = [float(one) for one in amounts if one]
    return {
        "count_added_rows": len(rows),
        "count_added_rows_outgoing": ways.count("outgoing"),
        "count_duplicated": sum(many > 1 for many in groups.values()),
        "count_duplicates": sum(many - 1 for many in groups.values()),
        "count_imeis": len(set(imeis) - {""}),
        "count_imsis": len(set(imsis) - {""}),
        "count_null_imeis": imeis.count(""),
        "count_null_imsis": imsis.count(""),
        "count_null_counterparts": others.count(""),
        "count_null_durations": amounts.count(""),
        "count_null_location_ids": cells.count(""),
        "count_location_ids": len(set(cells)),
        "count_locatable_location_ids": len(set(cells)),
        "count_locatable_events": len(rows),
        "count_msisdns": len({*persons, *others} - {""}),
        "count_onnet_msisdns": len(set(persons)),
        "count_onnet_msisdns_outgoing": len({p for p, way in zip(persons, ways, strict=True) if way == "outgoing"}),
        "count_onnet_msisdns_incoming": len({p for p, way in zip(persons, ways, strict=True) if way == "incoming"}),
        "earliest_timestamp": min(seconds),
        "latest_timestamp": max(seconds),
        "max_duration": max(lengths),
        "median_duration": median(lengths),
        "max_msisdns_per_imei": per(imeis),
        "max_msisdns_per_imsi": per(imsis),
    }


@pytest.mark.parametrize("seed", [1, 2])
def test_every_number_is_what_a_plain_computation_gives(world, seed):
    """Each of FlowKit's numbers, on rows with duplicates, shared devices and gaps."""
    world.map(end=KEEP)
    rows = drawn_rows(seed, 300)
    world.calls(",".join(one) for one in rows)
    world.take()

    for day, found in counted(world).items():
        own = [one for one in rows if one[1].startswith(day.isoformat())]
        expected = by_hand(own)

        assert {name: found.count(name) for name in expected} == expected
        assert sum(found.hours) == len(own)
        assert sum(events for events, _ in found.cells.values()) == len(own)


def test_what_is_not_kept_does_not_apply_and_is_never_nought(world, row):
    """Without pseudonyms of cards and devices there is nothing to count, which is not 0."""
    world.calls([row()])
    world.take()
    found = counted(world)[FIRST]

    assert [found.count(name) for name in ("count_imsis", "count_null_imeis", "max_msisdns_per_imei")] == [None] * 3
    assert quality_check["count_imeis"]().value(Day(figures=found)) is None
    assert quality_check["count_null_imsis"]().reading(Day(figures=found)) is None


def test_times_by_many_do_not_move_with_one_person(world, row):
    """The last time of the second person from the end stays where it is, whatever one person does later."""
    rows = [row("+1", "2026-01-05 09:00:00"), row("+2", "2026-01-05 17:00:00"), row("+3", "2026-01-05 12:00:00")]
    world.calls([*rows, row("+3", "2026-01-05 23:59:00")])
    world.take()
    found = counted(world, many=2)[FIRST]

    assert found.count("latest_timestamp") == 86_340
    assert found.count("last_by_many") == 17 * 3600


def test_people_who_were_not_there_the_day_before(world, row):
    """Of two people one was there the day before."""
    world.calls([row("+1", "2026-01-05 09:00:00"), row("+1", "2026-01-06 09:00:00"), row("+2", "2026-01-06 09:00:00")])
    world.take()
    found = counted(world)

    assert found[FIRST].count("new_since_day") is None
    assert found[FIRST + timedelta(1)].count("new_since_day") == 1
    assert found[FIRST + timedelta(1)].count("new_since_week") is None


def test_rows_of_a_second_commit_are_late(world, row):
    """What came after the first files of a day is counted as late."""
    world.calls([row("+1", "2026-01-05 09:00:00")])
    world.take()
    world.calls([row("+1", "2026-01-05 10:00:00"), row("+2", "2026-01-05 11:00:00")], name="calls_2.csv")
    world.take()

    assert counted(world)[FIRST].count("late_rows") == 2


def test_all_of_flowkits_checks_are_there_under_its_names():
    """29 names: those of every type as they are, the others with their type."""
    names = {
        check.flowkit_name(sort)
        for check in quality_check.values()
        for sort in (EVERY_TYPE if check.types == EVERY_TYPE else check.types)
    }

    assert len(FLOWKIT) == 29
    assert names >= FLOWKIT


def test_every_check_says_what_it_means_and_what_to_do():
    """Sentences for people, limits in the unit that is judged, and a documented class."""
    for name, check in quality_check.items():
        assert check.name == name
        assert check.__doc__
        assert str(check.means).endswith(".")
        assert str(check.advice).endswith(".")
        assert check.types <= frozenset(EventType)


def test_no_number_shows_in_a_repr(world, row):
    """Figures end up in tracebacks and logs by their repr."""
    world.calls([row()])
    world.take()

    assert repr(counted(world)[FIRST]) == "DayFigures('calls/2026-01-05')"
