"""Which language a text is in."""

import py3langid

MIN_LETTERS = 60
"""A shorter text gives the identifier too little: a name or two decide."""


def language_of(text: str) -> str | None:
    """ISO 639-1 code of a text's most likely language; None where there is too little text to tell."""
    if sum(char.isalpha() for char in text[:2000]) < MIN_LETTERS:
        return None
    code, _ = py3langid.classify(text[:5000])
    return str(code)
