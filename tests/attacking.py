"""What tests of attacks on a real site share."""


def disagree(site, spec: dict) -> dict:
    """Figures that an answer tells and that are not those of the truth guesses are judged by; some must be told."""
    told, true = site.ask(spec)[0], site.truth.counted(spec)
    figures = {key: value for key, value in told.cells.items() if value is not None}
    assert figures
    return {key: value for key, value in figures.items() if value != true.get(key, 0)}
