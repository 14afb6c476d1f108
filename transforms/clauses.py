"""A sentence cut to its main clauses, and whether a clause states something."""

from collections.abc import Sequence

from spacy.tokens import Span, Token

from transforms.speakers import is_first_person
from transforms.statements import AUXILIARIES, FINITE_TAGS, is_past, subjects_before

_SIGNPOSTS = frozenset("article blog column essay guide newsletter page post roundup story".split())
"""What "this …" says of itself is no claim: "this post explains how"."""
_WISHES = ("hope", "thank", "wish", "welcome")


def states(clause: Span) -> bool:
    """Whether a clause states something: a subject that is no "here", and a verb in a tense.

    "You" may be anybody ("you can turn it off"), but not in what has happened ("you voted for it").
    """
    root = clause.root
    subjects = subjects_before(root) or _misread_subject(clause)
    if not _is_finite(root, subjects) or not subjects:
        return False
    words = {child.lower_ for child in subjects}
    if "let" in words or ("you" in words and not is_past(root)):
        return False
    if any(child.lower_ in _SIGNPOSTS and any(part.lower_ == "this" for part in child.lefts) for child in subjects):
        return False
    if root.lemma_ in _WISHES and any(is_first_person(child) for child in subjects):
        return False
    first = clause[0]
    if first.head == root and (first.tag_ in ("WP", "WRB", "WDT") or first.dep_ == "mark"):
        return False  # an indirect question, a condition or a relative clause, cut from its sentence
    if first.lower_ == "that" and first in subjects and root.tag_ == "VBP":
        return False  # "ideas … that lack a pilot"
    return not (root.lemma_ == "be" and any(child.lower_ == "here" for child in root.children))


def _is_finite(root: Token, subjects: Sequence[Token]) -> bool:
    """Whether a head is a verb in a tense, or one that the tagger took for something else but that governs like a verb."""
    if root.tag_ in FINITE_TAGS or any(child.tag_ in FINITE_TAGS and child.dep_ in AUXILIARIES for child in root.children):
        return True
    own = {child.dep_: child for child in root.children}
    if root.tag_ == "VBN" and "nsubj" in own and not own.keys() & set(AUXILIARIES):
        return True  # "lines increased by 45 percent": a past that looks like a participle
    if root.pos_ == "NOUN":  # "handles only text", "many cities struggle with it", "the delay allowed rain to fall"
        is_plural = "nsubj" in own and own["nsubj"].tag_ == "NNS"
        return ("nsubj" in own and ("dobj" in own or (is_plural and root.tag_ == "NN"))) or _past_of(root) is not None
    # "Most of the boats burn oil": a plural's present looks like an infinitive, which has no subject of its own.
    plural = any(part.tag_ in ("NNS", "NNPS") for child in subjects for part in child.subtree)
    return plural and root.tag_ == "VB" and not any(child.dep_ == "aux" for child in root.children)


def _misread_subject(clause: Span) -> list[Token]:
    """What does or is what a clause says, where the parser made no subject of it: the noun in front of a verb in a tense."""
    root = clause.root
    if root.pos_ == "NOUN" and _past_of(root) is not None:
        return [root]
    tensed = [word for word in (root, *root.lefts) if word.tag_ in FINITE_TAGS and (word == root or word.dep_ in AUXILIARIES)]
    before = root.doc[clause.start : tensed[0].i] if tensed else root.doc[clause.start : clause.start]
    opens = (
        len(before) and before[0].pos_ in ("DET", "NOUN", "PROPN", "PRON", "NUM", "ADJ") and before[0].lower_ not in _OPENERS
    )
    nouns = [token for token in before if token.pos_ in ("NOUN", "PROPN", "PRON")]
    return nouns[:1] if opens else []


_OPENERS = frozenset(("that", "there", "what", "which", "who", "whose", "whatever", "whoever", "such"))


def _past_of(noun: Token) -> Token | None:
    """The verb in the past that the parser took for an attribute of a sentence's noun: "the delay allowed rain to fall"."""
    if noun.dep_ != "ROOT" or noun.sent[-1].text != "." or any(child.dep_ == "cop" for child in noun.children):
        return None
    behind = next((child for child in noun.rights if child.dep_ not in ("prep", "punct", "advmod")), None)
    done = {child.lower_ for child in behind.rights} & {"by", "after"} if behind is not None else ()
    is_past = behind is not None and behind.dep_ == "acl" and behind.tag_ == "VBN" and behind.n_rights > 0 and not done
    return behind if behind is not None and is_past and noun.doc[behind.i - 1].text != "," else None


def clauses_of(sentence: Span) -> list[Span]:
    """The main clauses of a sentence: cut where a joined verb has a subject of its own."""
    doc = sentence.doc
    heads = [sentence.root]
    for head in heads:
        heads += [child for child in head.children if child.dep_ == "conj" and child in sentence and _has_own_subject(child)]
    if len(heads) == 1:
        first, last = max(heads[0].left_edge.i, sentence.start), min(heads[0].right_edge.i, sentence.end - 1)
        span = _bare_clause(doc[first : last + 1], heads[0])
        return [span] if len(span) else []
    heads.sort(key=lambda head: head.i)
    below = [{part.i for part in head.subtree if sentence.start <= part.i < sentence.end} for head in heads]
    clauses = []
    for head, under in zip(heads, below, strict=True):
        others = (other for joined, other in zip(heads, below, strict=True) if joined.i in under and joined.i != head.i)
        inside = under.difference(*others)
        span = _bare_clause(doc[min(inside) : _end_before(head, max(inside), heads) + 1], head)
        if len(span):
            clauses.append(span)
    return clauses


def _has_own_subject(verb: Token) -> bool:
    own = [child for child in verb.children if child.dep_ in ("nsubj", "nsubjpass", "expl")]
    return verb.pos_ in ("VERB", "AUX") and any(not _is_likeness(child, verb) for child in own)


def _is_likeness(noun: Token, verb: Token) -> bool:
    """Whether a plural that is read as the subject of a singular verb is what its real subject is like.

    "It is new and like those boats is built of wood" goes on about "it".
    """
    before = noun.left_edge.i - 1
    singular = any(token.tag_ == "VBZ" for token in (verb, *verb.lefts))
    inside = any(token.lower_ in ("like", "unlike") and token.tag_ == "IN" for token in noun.lefts)
    likened = inside or (before >= 0 and verb.doc[before].lower_ in ("like", "unlike"))
    return noun.tag_ in ("NNS", "NNPS") and singular and likened


def _end_before(head: Token, last: int, heads: Sequence[Token]) -> int:
    """The last token of a clause: the next clause's words are not its own, though they hang on it."""
    following: list[int] = [other.left_edge.i for other in heads if other.i > head.i and other.left_edge.i > head.i]
    return min([last, *(edge - 1 for edge in following)])


def _bare_clause(span: Span, head: Token) -> Span:
    """A clause without marks, conjunctions and the words that only join it to its neighbour."""
    doc, start, end = span.doc, span.start, span.end
    while start < end and (_is_edge(doc[start]) or (doc[start].dep_ == "cc" and doc[start].head in (head, head.head))):
        start += 1
    while end > start and (_is_edge(doc[end - 1]) or doc[end - 1].lower_ in _JOINTS):
        end -= 1
    return _balanced(doc[start:end]) if start < end else doc[start:start]


_JOINTS = frozenset(("and", "but", "or", "yet", "so", "while", "nor"))


def _is_edge(token: Token) -> bool:
    return token.is_space or (token.is_punct and token.text not in "()%\"'")


def _balanced(span: Span) -> Span:
    """A span without a quotation mark or bracket at its end whose partner stands outside."""
    doc, start, end = span.doc, span.start, span.end
    if set(span.text).isdisjoint('"()'):
        return _without_marks(span)
    while end > start and (
        (doc[end - 1].text == '"' and span.text.count('"') % 2) or (doc[end - 1].text == ")" and "(" not in span.text)
    ):
        end -= 1
        span = doc[start:end]
    while start < end and doc[start].text == '"' and span.text.count('"') % 2:
        start += 1
        span = doc[start:end]
    opened, closed = span.text.count("("), span.text.count(")")
    if opened == closed == 1 and doc[start].text == "(" and ")" in [token.text for token in doc[max(start, end - 2) : end]]:
        start, end = start + 1, end - 1  # a whole remark in brackets
    elif opened > closed:  # cut inside a bracket: what stands before it
        brackets = [token.i for token in doc[start:end] if token.text == "("]
        start, end = (start, brackets[-1]) if brackets and brackets[-1] > start else (start + bool(brackets), end)
    return _without_marks(doc[start:end])


def _without_marks(span: Span) -> Span:
    """A span without the punctuation at its end."""
    doc, end = span.doc, span.end
    while end > span.start and doc[end - 1].is_punct and doc[end - 1].text not in ")%\"'":
        end -= 1
    return doc[span.start : end]
