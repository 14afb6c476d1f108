"""What is claimed, and who is said to hold it."""

import polars as pl

from warehouse.tables.model import Column, Span, Table

ATTRIBUTIONS = ("author", "direct", "indirect", "mixed")
CLAIM_TYPES = ("quantity", "comparison", "superlative", "prediction", "causal", "event", "opinion", "definition", "other")
MODALITIES = ("asserted", "hedged", "conditional", "planned")

CLAIMS = Table(
    name="claims",
    grain="one statement in one document",
    key=("claim_id",),
    doc="A statement that can be checked, in the document's own words, with who is said to hold it.",
    spans=(Span(), Span("speaker_start_char", "speaker_end_char", None), Span("cue_start_char", "cue_end_char", "cue")),
    columns=(
        Column("claim_id", pl.String, "Hash of document_id and span."),
        Column("document_id", pl.String, "Document.", references="documents.document_id"),
        Column("sentence_id", pl.String, "Sentence that it starts in.", references="sentences.sentence_id"),
        Column("start_char", pl.Int32, "First character in documents.text.", unit="code points", between=(0, None)),
        Column("end_char", pl.Int32, "Character after the last one.", unit="code points", between=(0, None)),
        Column(
            "text", pl.String, "The statement itself: words between the marks, reported clause, or the article's own sentence."
        ),
        Column("resolved_text", pl.String, "The statement so that it stands alone: pronouns and roles replaced by names."),
        Column(
            "attribution",
            pl.String,
            "Whose voice: the article's, a verbatim quotation, reported speech, or reported with quoted words.",
            values=ATTRIBUTIONS,
        ),
        Column(
            "speaker",
            pl.String,
            "Who is said to hold it: canonical name, else the words used; NULL where the article speaks or names nobody.",
            nullable=True,
        ),
        Column(
            "speaker_id", pl.String, "The speaker's entity, where resolved.", nullable=True, references="entities.entity_id"
        ),
        Column(
            "speaker_start_char",
            pl.Int32,
            "First character of the words that name the speaker.",
            unit="code points",
            nullable=True,
            between=(0, None),
        ),
        Column("speaker_end_char", pl.Int32, "Character after them.", unit="code points", nullable=True, between=(0, None)),
        Column("cue", pl.String, "The words that attribute it: `said`, `according to`.", nullable=True),
        Column("cue_start_char", pl.Int32, "First character of the cue.", unit="code points", nullable=True, between=(0, None)),
        Column("cue_end_char", pl.Int32, "Character after it.", unit="code points", nullable=True, between=(0, None)),
        Column("claim_type", pl.String, "What kind of statement it is.", values=CLAIM_TYPES),
        Column("modality", pl.String, "How firmly it is put.", values=MODALITIES),
        Column("is_negated", pl.Boolean, "Whether the main statement is denied."),
        Column("subject", pl.String, "What the statement is about, in its own words.", nullable=True),
        Column("predicate", pl.String, "Main verb with its auxiliaries and negation.", nullable=True),
        Column("object", pl.String, "What is said of the subject: object or complement.", nullable=True),
        Column(
            "subject_id", pl.String, "The subject's entity, where it is one.", nullable=True, references="entities.entity_id"
        ),
        Column("object_id", pl.String, "The object's entity, where it is one.", nullable=True, references="entities.entity_id"),
        Column("checkworthiness", pl.Float32, "How much the statement is worth checking.", unit="probability", between=(0, 1)),
        Column("cluster_id", pl.String, "Claims that say the same.", references="claim_clusters.cluster_id"),
        Column("sentence", pl.String, "Text of that sentence; the load writes it here, beside the claim.", nullable=True),
        Column("section", pl.String, "Nearest heading above it; likewise.", nullable=True),
    ),
)

CLAIM_ENTITIES = Table(
    name="claim_entities",
    grain="one entity in one role in one claim",
    key=("claim_id", "entity_id", "role"),
    doc="Which entities a claim is about, who holds it, and whom it mentions.",
    columns=(
        Column("claim_id", pl.String, "Claim.", references="claims.claim_id"),
        Column("entity_id", pl.String, "Entity.", references="entities.entity_id"),
        Column("role", pl.String, "Part that the entity plays.", values=("subject", "object", "speaker", "mentioned")),
    ),
)
