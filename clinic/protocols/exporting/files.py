"""What a copy of a version holds, by its kind."""

from __future__ import annotations

from dataclasses import dataclass

from clinic.protocols.corrected import corrections
from clinic.protocols.exporting.approvals import approvals_of
from clinic.protocols.exporting.bundle import bundle
from clinic.protocols.models import ProtocolVersion, Status
from clinic.protocols.queries import document_of, errata_of, published_document_of
from clinic.protocols.writing import write

# R4 knows draft, active and retired.
STATUSES = {Status.PUBLISHED: "active", Status.RETIRED: "retired"}


@dataclass(frozen=True)
class Copy:
    """A file: its name, what it is, and what stands in it."""

    name: str
    media_type: str
    text: str


def copy_of(version: ProtocolVersion, kind: str) -> Copy:
    """A version as a library file, or as a FHIR bundle."""
    name = f"{version.protocol.code}-v{version.number}"
    approvals = approvals_of(version)
    if kind == "fhir":
        text = bundle(
            document_of(version),
            version=str(version.number),
            status=STATUSES.get(Status(version.status), "draft"),
            at=version.published_at,
            errata=errata_of(version),
            approvals=approvals,
        )
        return Copy(f"{name}.fhir.json", "application/fhir+json", text)
    # Above what was published and never in it: a name under the words is none of the words.
    heading = [
        f"{version}, {version.get_status_display().lower()}",
        f"Digest {version.digest}",
        *(f"Signed by {each}" for each in approvals),
    ]
    text = write(
        published_document_of(version),
        heading="\n".join(heading),
        errata=corrections(version.errata),
    )
    return Copy(f"{name}.yaml", "application/yaml", text)
