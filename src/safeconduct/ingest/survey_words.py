"""Names people give to languages, as BCP 47."""

import re

_NAMED = {
    "english": "en", "anglais": "en", "inglés": "en", "ingles": "en",
    "french": "fr", "français": "fr", "francais": "fr",
    "spanish": "es", "español": "es", "espanol": "es", "arabic": "ar", "arabe": "ar", "العربية": "ar",
    "portuguese": "pt", "português": "pt", "swahili": "sw", "kiswahili": "sw", "somali": "so",
    "amharic": "am", "russian": "ru", "ukrainian": "uk", "turkish": "tr", "kurdish": "ku", "dari": "prs",
    "pashto": "ps", "persian": "fa", "farsi": "fa", "urdu": "ur", "hindi": "hi", "bengali": "bn", "bangla": "bn",
    "burmese": "my", "vietnamese": "vi", "khmer": "km", "thai": "th", "chinese": "zh", "german": "de", "italian": "it",
    "dutch": "nl", "haitian creole": "ht", "kreyòl": "ht", "hausa": "ha", "tigrinya": "ti", "rohingya": "rhg",
}  # fmt: skip
_CODE = re.compile(r"[a-zA-Z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_BRACKETED = re.compile(r"\(\s*([a-zA-Z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*)\s*\)\s*$")


def language(name: str) -> str:
    """The BCP 47 name of a language as people write it; a private one, `x-…`, where nobody knows it.

    Example:
        >>> language("Français (fr)"), language("Arabic"), language("EN"), language("Wolof"), language("")
        ('fr', 'ar', 'en', 'x-wolof', '')
    """
    text = name.strip()
    if not text or text.lower() == "default":
        return ""
    if found := _BRACKETED.search(text):
        return _tag(found.group(1))
    if text.casefold() in _NAMED:
        return _NAMED[text.casefold()]
    if _CODE.fullmatch(text) and len(re.split("[-_]", text)[0]) <= 3:  # noqa: PLR2004 - a language's code
        return _tag(text)
    word = re.sub(r"[^a-z0-9]+", "", text.lower())[:8]
    return f"x-{word}" if word else ""


def _tag(code: str) -> str:
    first, *rest = re.split("[-_]", code)
    return "-".join([first.lower(), *rest])
