"""Writes down what a package is made of, as CycloneDX says it."""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from cyclonedx.factory.license import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, Property, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component as Part
from cyclonedx.model.component import ComponentType
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from components import UNSAID, Component
from product import LICENCE, NAME, epoch, version

_SPACE = uuid.UUID("5d0f6b0e-6b1c-5b52-9d2b-0c2c7f7b1f51")
"""The numbers of our lists are made from this and what is in them."""


def write(path: Path, components: Iterable[Component], kind: str) -> None:
    """Write the list of a package of ``kind`` to ``path``; the same components give the same bytes."""
    parts = [_part(component) for component in components]
    root = Part(
        name=NAME,
        version=version(),
        type=ComponentType.APPLICATION,
        bom_ref=NAME,
        licenses=[LicenseFactory().make_with_expression(LICENCE)],
    )
    bom = Bom(components=parts)
    bom.metadata.component = root
    bom.metadata.timestamp = datetime.fromtimestamp(epoch(), UTC)
    named = "\n".join(sorted(f"{part.purl}" for part in parts))
    bom.serial_number = uuid.uuid5(_SPACE, f"{NAME} {version()} {kind}\n{named}")
    bom.register_dependency(root, parts)
    text = JsonV1Dot6(bom).output_as_string(indent=1)
    problem = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if problem is not None:
        raise SystemExit(f"The list of components is not as CycloneDX wants it: {problem}")
    path.write_text(text + "\n", "utf-8")


def _part(component: Component) -> Part:
    licences = LicenseFactory()
    try:
        licence = licences.make_from_string(component.licence)
    except ValueError:
        licence = DisjunctiveLicense(name=component.licence)
    source = [ExternalReference(type=ExternalReferenceType.SOURCE_DISTRIBUTION, url=XsUri(component.source))]
    # a wheel for each system is in the lock; one of these hashes is that of the wheel taken along
    hashes = [HashType(alg=HashAlgorithm.SHA_256, content=value) for value in component.hashes[:1]]
    return Part(
        name=component.name,
        version=component.version,
        type=ComponentType.LIBRARY,
        bom_ref=component.purl,
        purl=PackageURL.from_string(component.purl),
        licenses=[] if component.licence == UNSAID else [licence],
        hashes=hashes if len(component.hashes) == 1 else [],
        external_references=source if component.source else [],
        properties=[Property(name=f"{NAME}:made-on", value=component.made_on)] if component.made_on else [],
    )
