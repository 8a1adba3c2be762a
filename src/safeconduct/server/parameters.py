"""What the parameters of treatments and corrections are called on forms, and what their choices mean.

A method documents its parameters for whoever reads its code; a caseworker needs other words, in their language.
"""

from collections.abc import Mapping

from safeconduct.model.text import Text, say

WORDS: Mapping[tuple[str, str], tuple[Text, Text]] = {
    ("coarsen_date", "to"): (
        say("What stays right"), say("Everything finer is lost; a week begins on Monday.")),
    ("local_suppression", "k"): (
        say("How many must be alike"), say("Fewest records alike in all columns together, itself included.")),
    ("local_suppression", "importance"): (
        say("Columns to keep most"), say("The one to keep most first; values are taken out of the others before.")),
    ("local_suppression", "weights"): (
        say("What a value costs"), say("A number for each column, 1 where nothing is said; the dearest are kept.")),
    ("local_suppression", "keep"): (
        say("Columns that stay whole"), say("No value is taken out of these.")),
    ("local_suppression", "strata"): (
        say("Alike within"), say("Records must be alike within each combination of these columns.")),
    ("local_suppression", "subsets"): (
        say("Combinations of their own"), say("Combinations of columns in which other numbers must be alike.")),
    ("local_suppression", "sizes"): (
        say("Combinations by size"), say("How many must be alike in all combinations of so many columns.")),
    ("local_suppression", "every"): (
        say("Treat every rare record"), say("Also where treating others would be enough; it tells an intruder less.")),
    ("recode", "breaks"): (
        say("Where bands begin"), say("Numbers in order, such as 0, 18, 60; days as 2026-03-01.")),
    ("recode", "width"): (
        say("Width of equal bands"), say("Instead of saying where each band begins.")),
    ("recode", "first"): (
        say("First equal band begins at"), say("What is below it is a band too.")),
    ("recode", "last"): (
        say("Last equal band begins at"), say("It has no end: everything above is in it.")),
    ("recode", "groups"): (
        say("Groups of codes"), say("For lists of codes or places; each code in one group.")),
    ("recode", "others"): (
        say("Everything else"), say("Name of a group for every code in none; empty leaves those as they are.")),
    ("recode", "written"): (
        say("How bands are written"), say("As codes with labels, or as texts such as 20-29.")),
    ("round_to", "base"): (
        say("Round to multiples of"), say("Such as 10 or 0.5; more than 0.")),
    ("round_to", "how"): (
        say("Which multiple"), say("The nearest one, or up or down at random so that totals stay right.")),
    ("shuffle_within", "strata"): (
        say("Exchange only within"), say("Combinations of these columns; none for the whole table.")),
    ("top_bottom", "top"): (
        say("Largest value told"), say("Such as 80; empty for none.")),
    ("top_bottom", "bottom"): (
        say("Smallest value told"), say("Empty for none.")),
    ("top_bottom", "instead"): (
        say("What stands instead"), say("The limit, or the mean of all values beyond it.")),
    ("top_bottom", "top_as"): (
        say("Another value above the top"), say("Only where it is neither the limit nor the mean.")),
    ("top_bottom", "bottom_as"): (
        say("Another value below the bottom"), say("Only where it is neither the limit nor the mean.")),
    ("blank_skipped", "condition"): (
        say("When the question is asked"), say("In the form's own language; empty takes what the form says.")),
    ("drop_rows", "check"): (
        say("Which rows"), say("Rows that a check finds; nobody's row can be named.")),
    ("fix_household_size", "members"): (
        say("Table of the members"), say("Empty where the members are in this table.")),
    ("fix_household_size", "household"): (
        say("Column of the household"), say("Where the members are in this table.")),
    ("recode_value", "codes"): (
        say("Codes to replace"), say("The code that stands there, a colon, and the right one.")),
    ("relabel", "labels"): (
        say("Label"), say("The code of a language, a colon, and what the column is.")),
    ("rename", "to"): (
        say("New name"), say("Letters, digits and underscores are understood by every program.")),
    ("set_missing", "low"): (
        say("Smallest value that can be"), say("A number, or a day written 2026-03-01; empty for no limit.")),
    ("set_missing", "high"): (
        say("Largest value that can be"), say("A number, or a day written 2026-03-01; empty for no limit.")),
    ("set_missing", "codes"): (
        say("Codes for no answer"), say("Such as 99 or -99.")),
    ("set_missing", "unlabelled"): (
        say("Values without a label"), say("Also every value that is not in the list of codes.")),
}  # fmt: skip
"""Title and explanation of a parameter, by method and name."""

CHOICES: Mapping[str, Text] = {
    "year": say("year"),
    "quarter": say("quarter"),
    "month": say("month"),
    "week": say("week"),
    "day": say("day"),
    "hour": say("hour"),
    "codes": say("codes with labels"),
    "labels": say("texts such as 20-29"),
    "nearest": say("the nearest"),
    "random": say("up or down at random"),
    "limit": say("the limit"),
    "mean": say("the mean of the values beyond"),
    "without_household": say("rows that belong to no household"),
    "empty_rows": say("rows without any answer"),
    "without_consent": say("rows of people who did not consent"),
}
"""What may be chosen, by the word that plans keep."""

NOT_ASKED = frozenset({("relabel", "categories")})
"""Parameters no form asks for: labels of codes are written where a variable is described."""
