"""What to ask instead, as whole sentences."""

from collections.abc import Mapping

from safeconduct.model.areas import AreaLevel
from safeconduct.model.text import Text, say

ASK_FOR: Mapping[AreaLevel, Text] = {
    AreaLevel.COUNTRY: say("Ask the same for the whole country."),
    AreaLevel.PROVINCE: say("Ask the same for provinces."),
    AreaLevel.DISTRICT: say("Ask the same for districts."),
    AreaLevel.COMMUNE: say("Ask the same for communes."),
    AreaLevel.SITE: say("Ask the same for single sites."),
}
"""Advice to ask for areas of a level, as a whole sentence: languages bend words, so a level is no value of one."""
