"""Who can hold a statement: which words name a person, a body of people or a source, and whose words they are."""

from spacy.tokens import Token

from transforms.cues import SUBJECTS, CueLexicon, subject_of

_FIRST_PERSON = frozenset(("i", "we", "me", "us", "my", "our"))
_NO_SPEAKERS = frozenset(
    ("this", "that", "there", "which", "what", "you", "one", "these", "those", "whatever", "anyone", "anybody", "nobody")
)


def may_speak(token: Token, frames: str, lexicon: CueLexicon) -> bool:
    """Whether the subject of a cue can hold a statement at all."""
    word = token.lower_
    is_some = word == "one" and any(child.lower_ == "of" for child in token.children)
    if (word in _NO_SPEAKERS and not is_some) or token.dep_ == "expl" or token.pos_ in ("VERB", "AUX", "SCONJ", "ADP", "ADV"):
        return False
    if "s" in frames:
        named = token.ent_type_ in ("PERSON", "ORG", "GPE", "NORP") or token.pos_ == "PROPN"
        return named or token.lemma_.lower() in lexicon.sources or is_human(token, lexicon)
    return True


_HUMAN_ENDINGS = (
    "er",
    "or",
    "ist",
    "ian",
    "ant",
    "ent",
    "man",
    "men",
    "woman",
    "women",
    "people",
    "person",
    "chief",
    "head",
    "critic",
    "official",
    "ive",
    "ee",
    "crat",
    "ican",
    "ster",
)


def is_human(token: Token, lexicon: CueLexicon) -> bool:
    """Whether a word means a person or a body of people: by the lexicon, else by its ending."""
    lemma = token.lemma_.lower()
    ends = lemma.endswith(_HUMAN_ENDINGS) and not lemma.endswith("ment") and lemma not in lexicon.no_people
    return token.pos_ == "PRON" or lemma in lexicon.people or ends


def is_holder(token: Token | None, lexicon: CueLexicon) -> bool:
    """Whether a subject is someone who can hold an attitude: a person, an organisation, a people, or a word for such."""
    if token is None or token.lower_ in _NO_SPEAKERS or token.lower_ == "it":
        return False
    named = token.ent_type_ in ("PERSON", "ORG", "NORP") or (token.pos_ == "PROPN" and not token.ent_type_)
    return named or is_human(token, lexicon)


def holds(subject: Token, lexicon: CueLexicon) -> bool:
    """Whether a subject can hold what is no clause: a holder, a state, "it", or a text that speaks ("the letter demands")."""
    speaks = subject.lower_ == "it" or subject.ent_type_ == "GPE" or subject.lemma_.lower() in lexicon.sources
    return speaks or is_holder(subject, lexicon)


def owner_of(subject: Token, lexicon: CueLexicon) -> Token:
    """Whose words a subject's are: "Zuckerberg's letter argues" is Zuckerberg's argument, "the analyst Ann Lee" is Ann Lee."""
    if subject.pos_ != "NOUN" or subject.ent_type_:
        return subject
    if subject.dep_ == "dobj" and subject.lemma_.lower() in lexicon.sources:
        author = subject_of(subject.head)  # "issued a statement saying": who issued it speaks
        return author if author is not None and author.lower_ not in _NO_SPEAKERS else subject
    named = next((child for child in subject.children if child.dep_ == "appos" and child.ent_type_ == "PERSON"), None)
    if named is not None or is_human(subject, lexicon):
        return named if named is not None else subject
    owner = next((child for child in subject.children if child.dep_ == "poss" and child.ent_type_ in ("PERSON", "ORG")), None)
    return owner if owner is not None else subject


def is_first_person(token: Token) -> bool:
    """Whether the words are the writer's own: "I", "we", "Ann and I"."""
    beside = [*token.children, *(token.head.children if token.dep_ in SUBJECTS else ())]
    joined = any(part.dep_ in ("conj", "nsubj") and part.lower_ in ("i", "we") for part in beside)
    return (token.lower_ in _FIRST_PERSON and token.text != "US") or joined


def is_ours(token: Token, lexicon: CueLexicon) -> bool:
    """Whether the words are the writer's own, or those of what is the writer's: "our view", but not "my colleagues"."""
    mine = any(part.dep_ == "poss" and part.lower_ in ("my", "our") for part in token.children)
    return is_first_person(token) or (mine and not is_human(token, lexicon))
