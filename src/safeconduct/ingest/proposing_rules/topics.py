"""What columns can be about, the role each has, and the sentence that says so. Earlier topics count first."""

from dataclasses import dataclass

from safeconduct.model.microdata import VariableRole, VariableType
from safeconduct.model.text import Text, say

ANY = frozenset(VariableType)
WRITTEN = frozenset({VariableType.TEXT})
NUMBERS = frozenset({VariableType.INTEGER, VariableType.NUMBER})
CODES = WRITTEN | NUMBERS
TIMES = frozenset({VariableType.DATE, VariableType.MOMENT, VariableType.INTEGER, VariableType.TEXT})

DIRECT, QUASI, SENSITIVE = VariableRole.DIRECT, VariableRole.QUASI, VariableRole.SENSITIVE


@dataclass(frozen=True, kw_only=True)
class Topic:
    """Something a column can be about.

    Attributes:
        name: Its name in the lexicon.
        role: The role such a column has.
        says: Why, in a sentence.
        types: Types such a column can have; with another the words mean something else.
        coded: It may be a list of codes; a telephone number with categories is a question about telephones.
        least: Numbers about it reach at least this; a column whose largest is smaller counts something else.
        listed: Why, where its categories are the topic's own words.
    """

    name: str
    role: VariableRole
    says: Text
    types: frozenset[VariableType] = ANY
    coded: bool = True
    least: int = 0
    listed: Text | None = None


TOPICS = (
    Topic(
        name="person_name", role=DIRECT, types=WRITTEN, coded=False,
        says=say("Its name or label says that it holds names of people."),
    ),
    Topic(
        name="phone", role=DIRECT, types=CODES, coded=False,
        least=100_000,
        says=say("Its name or label says that it holds telephone numbers."),
    ),
    Topic(
        name="email", role=DIRECT, types=WRITTEN, coded=False,
        says=say("Its name or label says that it holds e-mail addresses."),
    ),
    Topic(
        name="address", role=DIRECT, types=CODES, coded=False,
        says=say("Its name or label says that it holds an address or how to find a home."),
    ),
    Topic(
        name="coordinates", role=DIRECT, types=CODES, coded=False,
        says=say("Its name or label says that it holds the coordinates of a place."),
    ),
    Topic(
        name="document", role=DIRECT, types=CODES, coded=False,
        says=say("Its name or label says that it holds the number of a document, a case or an account."),
    ),
    Topic(
        name="person_id", role=DIRECT, types=CODES, coded=False,
        says=say("Its name or label says that it holds a code for one person."),
    ),
    Topic(
        name="device", role=DIRECT, types=CODES, coded=False,
        says=say("Its name or label says that it holds the code of a device."),
    ),
    Topic(
        name="account", role=DIRECT, types=WRITTEN, coded=False,
        says=say("Its name or label says that it holds an account or a page on the internet."),
    ),
    Topic(
        name="picture", role=DIRECT, types=WRITTEN, coded=False,
        says=say("Its name or label says that it leads to a picture, a voice, a signature or a fingerprint."),
    ),
    Topic(
        name="staff", role=DIRECT, types=CODES,
        says=say("Its name or label says that it tells who collected or handled the record."),
    ),
    Topic(
        name="household_id", role=VariableRole.HOUSEHOLD, types=CODES, coded=False,
        says=say("Its name or label says that it tells which household a row belongs to."),
    ),
    Topic(
        name="weight", role=VariableRole.WEIGHT, types=NUMBERS, coded=False,
        says=say("Its name or label says that it is a sampling weight."),
    ),
    Topic(
        name="consent", role=VariableRole.OTHER,
        says=say("Its name or label says that it tells whether somebody consented."),
    ),
    Topic(
        name="free_text", role=VariableRole.FREE_TEXT, types=WRITTEN, coded=False,
        says=say("Its name or label says that people wrote here in their own words."),
    ),
    Topic(
        name="sexual", role=SENSITIVE,
        says=say("Its name or label speaks of sexual life or orientation."),
    ),
    Topic(
        name="trafficking", role=SENSITIVE,
        says=say("Its name or label speaks of trafficking or exploitation."),
    ),
    Topic(
        name="violence", role=SENSITIVE,
        says=say("Its name or label speaks of violence, threats or detention."),
    ),
    Topic(
        name="disability", role=SENSITIVE,
        says=say("Its name or label speaks of disability."),
        listed=say("Its categories are degrees of difficulty, as questions about disability have them."),
    ),
    Topic(
        name="health", role=SENSITIVE,
        says=say("Its name or label speaks of health."),
    ),
    Topic(
        name="religion", role=SENSITIVE,
        says=say("Its name or label speaks of religion."),
        listed=say("Its categories are words for religions."),
    ),
    Topic(
        name="ethnicity", role=SENSITIVE,
        says=say("Its name or label speaks of an ethnic group."),
    ),
    Topic(
        name="political", role=SENSITIVE,
        says=say("Its name or label speaks of politics, unions or armed groups."),
    ),
    Topic(
        name="protection", role=SENSITIVE,
        says=say("Its name or label speaks of protection needs."),
    ),
    Topic(
        name="legal_status", role=SENSITIVE,
        says=say("Its name or label speaks of legal status or papers."),
    ),
    Topic(
        name="age", role=QUASI,
        says=say("Its name or label speaks of age."),
    ),
    Topic(
        name="birth_date", role=QUASI, types=TIMES | NUMBERS,
        says=say("Its name or label speaks of the day or year of birth."),
    ),
    Topic(
        name="sex", role=QUASI,
        says=say("Its name or label speaks of sex or gender."),
        listed=say("Its categories are words for sex or gender."),
    ),
    Topic(
        name="marital", role=QUASI,
        says=say("Its name or label speaks of marriage."),
        listed=say("Its categories are words for being married or not."),
    ),
    Topic(
        name="household_size", role=QUASI,
        says=say("Its name or label speaks of the size of the household."),
    ),
    Topic(
        name="children", role=QUASI,
        says=say("Its name or label speaks of the number of children or other members."),
    ),
    Topic(
        name="relationship", role=QUASI,
        says=say("Its name or label speaks of the relationship to the head of the household."),
        listed=say("Its categories are words for members of a family."),
    ),
    Topic(
        name="education", role=QUASI,
        says=say("Its name or label speaks of education."),
        listed=say("Its categories are levels of education."),
    ),
    Topic(
        name="nationality", role=QUASI,
        says=say("Its name or label speaks of nationality or origin."),
    ),
    Topic(
        name="language", role=QUASI,
        says=say("Its name or label speaks of language."),
    ),
    Topic(
        name="arrival", role=QUASI,
        says=say("Its name or label speaks of when or why somebody came, left or was registered."),
    ),
    Topic(
        name="person_detail", role=QUASI,
        says=say("Its name or label speaks of something others can see or know of a person."),
    ),
    Topic(
        name="income", role=SENSITIVE,
        says=say("Its name or label speaks of income, spending or debt."),
    ),
    Topic(
        name="occupation", role=QUASI,
        says=say("Its name or label speaks of work."),
    ),
    Topic(
        name="place", role=VariableRole.GEOGRAPHY,
        says=say("Its name or label speaks of a place."),
    ),
    Topic(
        name="line_number", role=VariableRole.OTHER,
        says=say("Its name or label says that it counts rows within a household or a list."),
    ),
    Topic(
        name="stratum", role=VariableRole.OTHER,
        says=say("Its name or label says that it is a stratum of the sample."),
    ),
    Topic(
        name="organisation", role=VariableRole.OTHER,
        says=say("Its name or label speaks of an organisation, not of a person."),
    ),
)  # fmt: skip
"""Every topic, the most dangerous to overlook first."""
