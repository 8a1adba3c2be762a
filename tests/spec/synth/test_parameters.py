"""What a sample is made from is checked before anything is written."""

import pytest

from safeconduct.model.errors import BadInput
from safeconduct.synth.samples.parameters import CdrSample


@pytest.mark.parametrize(
    "wrong",
    [
        {"people": 0}, {"people": 1.5}, {"days": 0}, {"seed": -1}, {"displaced": 1.1}, {"outages": -0.1},
        {"stricken": 7}, {"events_per_day": 0}, {"events_per_day": float("nan")}, {"displaced": float("nan")},
        {"disaster_day": -1},
    ],
)  # fmt: skip
def test_a_parameter_out_of_range_is_named(wrong: dict[str, float]) -> None:
    """The one that is wrong, before anything is written."""
    with pytest.raises(BadInput) as caught:
        CdrSample(**wrong)

    assert caught.value.field in wrong
