"""Rows that fit are in the store once; rows that do not are in quarantine, with a reason and a count."""

from datetime import date

import pytest

JAN_5 = date(2026, 1, 5)


def test_a_row_becomes_codes_and_local_seconds(world, row) -> None:
    """Nothing of the person's number is kept."""
    world.calls([row(at="2026-01-05 10:00:01", cell="a1")])

    report = world.take()

    assert (report.rows, report.kept, dict(report.rejected)) == (1, 1, {})
    assert world.events("*") == {JAN_5: [(0, 36_001, 0, True, 60.0, None, 1)]}  # the last is the file's number


def test_one_person_written_in_several_ways_is_one(world, row) -> None:
    """Spaces, a leading plus and a leading 00 are spelling."""
    world.calls([row("+258 84 1"), row("00258841"), row("258841"), row('"258841"'), row("258842")])

    world.take()

    assert world.people() == 2


def test_codes_last_from_one_ingest_to_the_next(world, row) -> None:
    """A person keeps the code they got first."""
    world.calls([row("1"), row("2")])
    world.take()
    before = {one[0] for one in world.events()[JAN_5]}
    world.calls([row("2", "2026-01-06 00:00:00"), row("3", "2026-01-06 00:00:00")], "calls_2.csv")

    world.take()

    assert before == {0, 1}
    assert {one[0] for one in world.events()[date(2026, 1, 6)]} - before == {2}


@pytest.mark.parametrize(
    ("reason", "how"),
    [
        ("missing_person", {"person": ""}),
        ("missing_person", {"person": " + "}),
        ("missing_person", {"person": "NULL"}),
        ("bad_time", {"at": "2026-13-05 10:00:00"}),
        ("bad_time", {"at": "2026-02-29 10:00:00"}),
        ("bad_time", {"at": "05/01/2026 10:00"}),
        ("bad_time", {"at": ""}),
        ("bad_time", {"at": "1979-12-31 23:59:59"}),
        ("missing_cell", {"cell": " "}),
        ("unknown_cell", {"cell": "zz"}),
        ("unknown_cell", {"cell": "a1", "at": "2025-12-31 23:59:59"}),
        ("unknown_cell", {"cell": "a1", "at": "2027-01-01 00:00:00"}),
        ("bad_direction", {"way": "sideways"}),
    ],
)
def test_a_wrong_field_is_quarantined_under_its_reason(world, row, reason, how) -> None:
    """The rows beside it are kept."""
    wrong = row(**how)
    world.calls([row(), wrong, row()])

    report = world.take()

    assert (report.kept, dict(report.rejected)) == (2, {reason: 1})
    assert [(one.reason, one.content) for one in world.quarantined()] == [(reason, wrong.encode())]


@pytest.mark.parametrize("amount", ["sixty", "inf", "1e999", "nan"])
def test_an_amount_that_is_no_number_is_quarantined(world, row, amount) -> None:
    world.calls([row("1", "2026-01-05 10:00:00", "a1", "outgoing", "2", "", "", amount), row()])

    assert dict(world.take().rejected) == {"bad_amount": 1}


@pytest.mark.parametrize(
    ("reason", "wrong"),
    [
        ("bad_row", b"a,b"),
        ("bad_row", b"1,2026-01-05 10:00:00,a1,outgoing,2,3,4,5,6"),
        ("bad_row", b'"1,2026-01-05 10:00:00,a1,outgoing,2,3,4,5'),
        ("bad_row", b'1,2026-01-05 10:00:00,a1,"outgoing,2,3,4,"5"x'),
        ("not_text", b"\xff\xfe,2026-01-05 10:00:00,a1,outgoing,2,3,4,5"),
        ("not_text", b"1\x00,2026-01-05 10:00:00,a1,outgoing,2,3,4,5"),
        ("not_text", b"1\r2,2026-01-05 10:00:00,a1,outgoing,2,3,4,5"),
        ("too_long", b"1" * 65_537),
        ("too_long", b"1" * 10_000_000 + b",2026-01-05 10:00:00,a1,outgoing,2,3,4,5"),
        ("too_long", b"1" * 40_000_000 + b",2026-01-05 10:00:00,a1,outgoing,2,3,4,5"),
    ],
    ids=[
        "too few columns", "too many columns", "a quote never closed", "a quote inside", "invalid UTF-8",
        "a zero byte", "a stray carriage return", "a long row", "a field of 10 MB", "a field of 40 MB",
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_split_takes_none_with_it(world, row, reason, wrong) -> None:
    """Not even a quote that never closes."""
    good = [row(str(number)).encode() for number in range(50)]
    world.write("calls_1.csv", b"\n".join([world_header(world), *good[:25], wrong, *good[25:]]) + b"\n")

    report = world.take()

    assert (report.rows, report.kept, dict(report.rejected)) == (51, 50, {reason: 1})
    assert world.quarantined()[0].content == wrong[:65_536]


def test_a_blank_line_is_no_row(world, row) -> None:
    world.calls(["", row(), "   ", row(), ""])

    report = world.take()

    assert (report.rows, report.kept) == (2, 2)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_an_empty_line_is_no_row_either(world, row, end) -> None:
    """Arrow makes a row of nothing of it."""
    world.write("calls_1.csv", end.join([world_header(world).decode(), "", row(), "", "", row(), ""]))

    report = world.take()

    assert (report.rows, report.kept) == (2, 2)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_byte_order_marks_are_no_part_of_a_field(world, row, end, mark) -> None:
    world.write("calls_1.csv", (mark + end.join([world_header(world).decode(), row(), row()])).encode())

    assert world.take().kept == 2


def test_a_quoted_field_may_hold_the_delimiter(world, row) -> None:
    world.calls([row("1", "2026-01-05 10:00:00", "a1", "outgoing", '"2,3"', "", "", "7")])

    assert world.take().kept == 1


def test_counterpart_and_device_are_dropped_unless_the_mapping_keeps_them(world, row) -> None:
    """Dropping is the default."""
    world.calls([row()])

    world.take()

    (columns,) = {tuple(one) for one in [world.events("*")[JAN_5][0]]}
    assert columns == (0, 36_000, 0, True, 60.0, None, 1)


def test_counterpart_and_device_are_pseudonymised_where_the_mapping_says_so(world, row) -> None:
    """A counterpart that is a person of the data has that person's code; devices have codes of their own."""
    world.map(end='[identifiers]\ncounterpart = "pseudonymise"\nimsi = "pseudonymise"\nimei = "pseudonymise"')
    world.calls([
        row("1", "2026-01-05 10:00:00", "a1", "outgoing", "2", "643", "350", "1"),
        row("2", "2026-01-05 10:00:01", "a1", "incoming", "", "", "350", "1"),
    ])  # fmt: skip

    world.take()
    found = sorted(world.events("person, second, counterpart, imsi, imei")[JAN_5], key=lambda one: one[1])

    (first, _, other, imsi, imei), (second, _, nobody, no_imsi, same) = found
    assert (other, imsi, imei) == (second, 0, 0)
    assert (first != second, nobody, no_imsi, same) == (True, None, None, 0)


def test_the_device_type_is_kept_only_where_it_is_mapped(world, row) -> None:
    """Eight digits, also from a longer number."""
    world.map(columns='tac = "IMEI"'.replace("IMEI", "TAC"))
    header = world_header(world).decode() + ",TAC"
    world.write("calls_1.csv", "\n".join([header, row() + ",35123456789", row() + ",none"]) + "\n")

    world.take()

    assert sorted(world.events("tac")[JAN_5], key=str) == [(35_123_456,), (None,)]


def test_a_type_of_phone_is_the_first_eight_digits_however_it_is_spelt(world, row) -> None:
    """A whole number of a phone, blanks around it, fewer digits, none, and what is no number."""
    world.map(columns='tac = "TAC"')
    spelt = ["35123456", "3512345678901234", " 35123457 ", "007", "", "phone"]
    lines = [f"{row(str(number), f'2026-01-05 10:00:0{number}')},{one}" for number, one in enumerate(spelt, 1)]
    world.write("calls_1.csv", "\n".join([world_header(world).decode() + ",TAC", *lines]) + "\n")
    world.take()

    told = {second % 60: tac for second, tac in world.events("second, tac")[JAN_5]}
    assert told == {1: 35_123_456, 2: 35_123_456, 3: 35_123_457, 4: 7, 5: None, 6: None}


def test_a_report_and_its_receipts_show_no_number_by_accident(world, row) -> None:
    world.calls([row(), row(""), row("")])

    report = world.take()

    assert "rows" not in repr(report)
    assert "kept" not in repr(world.commits)


def world_header(world) -> bytes:
    return b"MSISDN,TIME,CELL,DIRECTION,OTHER,IMSI,IMEI,DURATION"
