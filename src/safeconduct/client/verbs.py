"""Every verb as a method; generated."""


class VerbMethods:
    """Every verb as a method."""
