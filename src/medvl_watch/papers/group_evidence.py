"""What speaks for and against that a record belongs to a group of records."""

from __future__ import annotations

from medvl_watch.papers.evidence import (
    RecordComparison,
    doubt_without_key,
    is_preprint,
    proof_without_key,
    supports_shared_key,
)
from medvl_watch.papers.groups import RecordGroup
from medvl_watch.records import Record

_PROOFS = {"arxiv": "arxiv_id"}
"""What the proof is called where it is not the key's own scheme."""


def supports(record: Record, group: RecordGroup) -> bool:
    """Whether title, authors or abstract of a member agree enough for a shared identifier."""
    printed = not is_preprint(record)
    return any(
        supports_shared_key(
            RecordComparison(record, each),
            both_printed=printed and not is_preprint(each) and record.id != each.id,
        )
        for each in group.records
    )


def against_shared_key(key: str, record: Record, group: RecordGroup) -> str:
    """Why a record with this key does not belong to the group that has it, or nothing."""
    if not supports(record, group):
        return "title, authors and text differ"
    arxiv_ids = {one.arxiv_id for one in (record, *group.records) if one.arxiv_id}
    if len(arxiv_ids) > 1 and not key.startswith("arxiv:"):
        return f"the arXiv ids {' and '.join(sorted(arxiv_ids))} differ"
    return ""


def words_of_best(record: Record, group: RecordGroup) -> tuple[str, ...]:
    """The comparison with the member whose title is nearest, in words."""
    return max(
        (RecordComparison(record, each) for each in group.records), key=lambda c: c.title
    ).in_words


def best_evidence(record: Record, group: RecordGroup) -> tuple[str, tuple[str, ...], str]:
    """The proof that the record belongs to the group with its evidence, or why it may."""
    doubt = ""
    for each in group.records:
        compared = RecordComparison(record, each)
        if proof := proof_without_key(compared):
            return proof, (*compared.in_words, f"compared with {each.id}"), ""
        doubt = doubt or doubt_without_key(compared)
    return "", (), doubt


def proof_of(key: str) -> str:
    """What a proof by this key is called."""
    scheme = key.partition(":")[0]
    return _PROOFS.get(scheme, scheme)
