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
| clock: minutes ahead | 10 | 0% | 0% | 0% |
| clock: minutes ahead | 20 | 87% | 87% | 0% |
| clock: minutes ahead | 30 | 100% | 100% | 0% |
| clock: minutes ahead | 40 | 100% | 100% | 0% |
| clock: minutes ahead | 50 | 100% | 100% | 0% |
| clock: minutes ahead | 60 | 100% | 100% | 0% |
| clock: minutes ahead | 120 | 100% | 100% | 0% |
| clock: minutes ahead | 360 | 100% | 100% | 0% |
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

How small a shift of the clock is found depends on the events of the day.
Of 40 made-up days each, compared with six good ones, these were flagged:

| Events a day | 0 min | 15 min | 20 min | 30 min | 40 min | 50 min | 60 min |
|---|---|---|---|---|---|---|---|
| 500 | 0% | 0% | 0% | 0% | 0% | 32% | 22% |
| 1,000 | 0% | 0% | 0% | 2% | 12% | 55% | 100% |
| 2,000 | 0% | 0% | 0% | 38% | 90% | 100% | 100% |
| 5,000 | 0% | 10% | 55% | 100% | 100% | 100% | 100% |
| 10,000 | 0% | 20% | 88% | 100% | 100% | 100% | 100% |
| 20,000 | 0% | 0% | 100% | 100% | 100% | 100% | 100% |

A clock that is off at one site is not looked for.
A site with fewer than 2,000 events a day would not show it, and a thousand sites raise a thousand times the alarms.

What is not found: a tenth of the events or half an hour lost, and a clock that is off by a quarter of an hour or less.
Nor is the clock of a few sites only.
Nor are codes of cells mixed up for fewer than half of the events.
Single silent masts are told with their areas and do not flag the day.
"""
