"""How many damaged days the checks find and how many good ones they flag: what `benchmarks/quality_defects.py` said."""

MEASURED = """
## What the checks find

`uv run python benchmarks/quality_defects.py --people 1500`, 21 November 2026, limits as they are shipped.
Calls of 1,500 made-up people at 60 cells over eighteen weeks; every day after the sixth week was damaged by itself.
Real records vary in ways that no made-up ones do: look at the notices of the first months and set the limits to them.

Good days, of which none should be flagged:

| Good days | Anything told | Flagged or held | Held |
|---| --- |---| --- |
| ordinary weeks | 0.8% | 0.0% | 0.0% |
| growth of 2 % a week | 0.8% | 0.0% | 0.0% |
| shrinking by 2 % a week | 0.0% | 0.0% | 0.0% |
| four holidays | 2.4% | 0.0% | 0.0% |
| a month at other hours | 23.0% | 0.0% | 0.0% |
| all of these | 22.2% | 0.0% | 0.0% |
| 300 people, 2 calls a day, 1000 cells | 11.1% | 0.0% | 0.0% |

In the month at other hours people live at night; the days are told as unusual, and answers stay good.

Damaged days:

| Damage | Strength | Anything told | Flagged or held | Held |
|---|---|---|---|---|
| truncation: nothing after the hour | 22 | 100% | 100% | 0% |
| truncation: nothing after the hour | 20 | 100% | 100% | 0% |
| truncation: nothing after the hour | 18 | 100% | 100% | 100% |
| truncation: nothing after the hour | 16 | 100% | 100% | 100% |
| truncation: nothing after the hour | 12 | 100% | 100% | 100% |
| lost events: share lost | 0.1 | 0% | 0% | 0% |
| lost events: share lost | 0.3 | 48% | 0% | 0% |
| lost events: share lost | 0.5 | 100% | 50% | 0% |
| lost events: share lost | 0.6 | 100% | 100% | 0% |
| lost events: share lost | 0.8 | 100% | 100% | 100% |
| gap: hours lost | 0.5 | 0% | 0% | 0% |
| gap: hours lost | 1 | 100% | 100% | 0% |
| gap: hours lost | 2 | 100% | 100% | 0% |
| gap: hours lost | 4 | 100% | 100% | 0% |
| clock: hours ahead | 0.5 | 5% | 5% | 0% |
| clock: hours ahead | 1 | 100% | 100% | 0% |
| clock: hours ahead | 2 | 100% | 100% | 0% |
| clock: hours ahead | 6 | 100% | 100% | 0% |
| outage: cells of 60 silent | 1 | 100% | 0% | 0% |
| outage: cells of 60 silent | 3 | 100% | 0% | 0% |
| outage: cells of 60 silent | 4 | 100% | 100% | 0% |
| outage: cells of 60 silent | 12 | 100% | 100% | 0% |
| churn: share of people under new pseudonyms | 0.3 | 100% | 100% | 0% |
| churn: share of people under new pseudonyms | 0.7 | 100% | 100% | 0% |
| churn: share of people under new pseudonyms | 0.9 | 100% | 100% | 0% |
| churn: share of people under new pseudonyms | 1 | 100% | 100% | 0% |
| repeated: share that came twice | 0.02 | 40% | 0% | 0% |
| repeated: share that came twice | 0.1 | 100% | 0% | 0% |
| repeated: share that came twice | 0.2 | 100% | 100% | 0% |
| repeated: share that came twice | 1 | 100% | 100% | 0% |
| mixed cells: share at another cell | 0.1 | 0% | 0% | 0% |
| mixed cells: share at another cell | 0.3 | 0% | 0% | 0% |
| mixed cells: share at another cell | 0.6 | 100% | 0% | 0% |
| mixed cells: share at another cell | 1 | 100% | 100% | 0% |

What is not found: a tenth of the events or half an hour lost, and a clock that is off by less than an hour.
Nor are codes of cells mixed up for fewer than half of the events.
Single silent masts are told with their areas and do not flag the day.
"""
