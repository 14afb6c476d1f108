"""What kind of statement a claim is."""

from spacy.tokens import Span, Token

from transforms.statements import ClaimWords, Statement, is_past

_FUTURE = frozenset(("will", "'ll", "wo", "shall"))
_FIGURE_KINDS = frozenset(("count", "money", "percent", "ratio"))


def claim_type(span: Span, statement: Statement, words: ClaimWords, figure_kinds: frozenset[str]) -> str:
    """What kind of statement it is; the first kind that fits, the more checkable ones first."""
    if figure_kinds & _FIGURE_KINDS:
        return "quantity"
    if any(
        (token.tag_ in ("JJS", "RBS") and token.lower_ not in ("least", "best", "latest") and not _is_majority(token))
        or _is_superlative(token, words)
        for token in span
    ):
        return "superlative"
    if (
        words.has("compare", span)
        or any(token.tag_ in ("JJR", "RBR") and _has_than(token, span) for token in span)
        or _as_as(span)
    ):
        return "comparison"
    near = [statement.root, *statement.root.children]
    if (
        any(token.lower_ in _FUTURE and token.dep_ == "aux" for token in near)
        or statement.modality == "planned"
        or _is_expected(statement.root)
    ):
        return "prediction"
    if words.has("cause", span):
        return "causal"
    if words.has("opinion", near) or statement.root.lower_ in ("should", "must"):
        return "opinion"
    if _is_definition(statement):
        return "definition"
    if is_past(statement.root):
        return "event"
    return "other"


def _is_expected(root: Token) -> bool:
    """Whether a passive looks ahead: "is expected to", "are anticipated to"."""
    passive = any(child.dep_ == "auxpass" for child in root.children)
    return passive and root.lemma_ in ("expect", "anticipate", "poise", "set", "project", "forecast", "slate", "schedule")


def _is_superlative(token: Token, words: ClaimWords) -> bool:
    return (
        token.lower_ in words.of["superlative"]
        and token.dep_ == "amod"
        and any(part.lower_ in ("the", "its", "'s") for part in token.head.lefts)
    )


def _is_majority(token: Token) -> bool:
    """Whether "most" counts how many, as in "most boats"; "the most" and "its most" rank."""
    before = token.nbor(-1) if token.i else None
    ranked = before is not None and (before.lower_ == "the" or before.tag_ in ("PRP$", "POS", "JJ"))
    return token.lower_ == "most" and not ranked


def _has_than(token: Token, span: Span) -> bool:
    return any(part.lower_ == "than" for part in span.doc[token.i : min(token.i + 10, span.end)])


def _as_as(span: Span) -> bool:
    words = [token.lower_ for token in span]
    return any(
        first == "as" and "as" in words[i + 2 : i + 5] and words[i + 1 : i + 2] != ["well"] for i, first in enumerate(words)
    )


def _is_definition(statement: Statement) -> bool:
    """Whether it says what a word or thing is: "a ferry is a boat that …", not "the plan is a risk", "this means trouble"."""
    root, subject = statement.root, statement.subject
    if subject is None or subject.root.pos_ == "PRON" or subject.root.tag_ == "VBG" or is_past(root):
        return False
    if root.lemma_ in ("mean", "refer", "denote", "define"):
        return True
    definite = any(part.lower_ in _DEFINITE or part.dep_ == "poss" for part in subject.root.lefts)
    attribute = next((child for child in root.children if child.dep_ == "attr"), None)
    indefinite = attribute is not None and any(part.lower_ in ("a", "an") for part in attribute.lefts)
    return root.lemma_ == "be" and indefinite and not definite


_DEFINITE = frozenset(("the", "this", "that", "these", "those"))
