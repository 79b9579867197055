"""Job facets: what Headwater takes out of each, raising `Malformed` with what is wrong, and their fates."""

from hashlib import sha256
from typing import Final

from headwater_collector.projection import field_kinds as kinds
from headwater_collector.projection.dataset_facets import documentation, ownership
from headwater_collector.projection.fates import Fate, same
from headwater_collector.projection.lineage_facet import ENTRIES, entries, says_more
from headwater_collector.projection.tags import TAG, tags
from headwater_collector.projection.values import JSON, Facet, inner, integer_of, optional_text, text_of

MAX_SQL: Final = 10_000
"""Characters of a query that a job shows."""


def job_type(facet: Facet) -> JSON:
    """Return ``[jobType, integration, processingType, eventTrigger, contentMode, windowDuration]`` of jobType 2-0-4."""
    pattern = inner(facet, "emissionPattern")
    return [
        *(optional_text(facet, name) for name in ("jobType", "integration", "processingType")),
        *(optional_text(pattern, name) for name in ("eventTrigger", "eventContentMode")),
        integer_of(pattern, "windowDuration"),
    ]


def sql(facet: Facet) -> JSON:
    """Return ``[query, dialect]`` of the sql facet 1-1-0, of the query at most `MAX_SQL` characters."""
    return [text_of(facet, "query")[:MAX_SQL], optional_text(facet, "dialect")]


def source_code(facet: Facet) -> JSON:
    """Return the CodeVersion's properties of the sourceCode facet 1-0-1: its language and the SHA-256 of the text."""
    code = optional_text(facet, "sourceCode")
    digest = sha256(code.encode(errors="surrogatepass")).hexdigest() if code else ""
    said = {"language": optional_text(facet, "language"), "sourceSha256": digest}
    return {name: value for name, value in said.items() if value}


def code_location(facet: Facet) -> JSON:
    """Return the CodeVersion's properties of the sourceCodeLocation facet 1-1-0."""
    repository = optional_text(facet, "repoUrl") or optional_text(facet, "url")
    said = {"repository": repository, **{n: optional_text(facet, n) for n in ("version", "branch", "tag", "path")}}
    said["pullRequest"] = optional_text(facet, "pullRequestNumber")
    return {name: value for name, value in said.items() if value}


def dbt_node(facet: Facet) -> JSON:
    """Return the unique id of dbt's facet dbt_node."""
    return optional_text(facet, "unique_id")


_TYPE: Final = {
    "jobType": "Job.type",
    "integration": "Job.integration",
    "processingType": "Job.processing",
    "emissionPattern.eventTrigger": "Job.eventTrigger",
    "emissionPattern.eventContentMode": "Job.contentMode",
    "emissionPattern.windowDuration": "Job.windowDuration",
}
_LOCATION: Final = {
    "url": "CodeVersion.repository",
    "repoUrl": "CodeVersion.repository",
    **same("CodeVersion", "version branch tag path"),
    "pullRequestNumber": "CodeVersion.pullRequest",
}
_SQL: Final = {"query": "Job.sql", "dialect": "Job.dialect"}
_CODE: Final = {"language": "Job.language", "sourceCode": "CodeVersion.sourceSha256"}
FATES: Final = (
    Fate("job", "documentation", "DocumentationJobFacet", {"description": "Job.description"}, extract=documentation),
    Fate("job", "ownership", "OwnershipJobFacet", {"owners[].name": "Job.owners"}, kinds.OWNERS, ownership),
    Fate("job", "jobType", "JobTypeJobFacet", _TYPE, kinds.JOB_TYPE, job_type),
    Fate("job", "sql", "SQLJobFacet", _SQL, extract=sql, limits={"query": MAX_SQL}),
    Fate("job", "sourceCode", "SourceCodeJobFacet", _CODE, extract=source_code, kept="always"),
    Fate("job", "sourceCodeLocation", "SourceCodeLocationJobFacet", _LOCATION, extract=code_location, kept="always"),
    Fate("job", "tags", "TagsJobFacet", TAG, kinds.TAGS, tags),
    Fate("job", "dbt_node", "dbt", {"unique_id": "Job.dbtId"}, extract=dbt_node, kept="always"),
    Fate("job", "lineage", "LineageFacet", ENTRIES, kinds.ENTRIES, entries, more=says_more),
)
