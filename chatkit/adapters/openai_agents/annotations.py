"""Citations of the model as annotations of ours."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from openai.types.responses.response_output_text import (
    AnnotationContainerFileCitation,
    AnnotationFileCitation,
    AnnotationURLCitation,
)
from pydantic import BaseModel

from chatkit.adapters.openai_agents.response_converter import ResponseStreamConverter
from chatkit.types import Annotation

__all__ = ["to_annotation", "to_annotations"]


def _fields(citation: object) -> Mapping[str, Any]:
    """The citation as a mapping: the SDK has it as one of several classes, or as plain JSON."""
    if isinstance(citation, BaseModel):
        return citation.model_dump()
    return cast(Mapping[str, Any], citation) if isinstance(citation, Mapping) else {}


async def to_annotation(citation: object, converter: ResponseStreamConverter) -> Annotation | None:
    """The annotation for a citation, or nothing for kinds that cannot be shown and those the converter drops."""
    fields = dict(_fields(citation))
    # Built without validation, as the SDK itself builds what it receives: hosts leave out fields they should send.
    match fields.get("type"):
        case "file_citation":
            return await converter.file_citation_to_annotation(AnnotationFileCitation.model_construct(**fields))
        case "container_file_citation":
            container = AnnotationContainerFileCitation.model_construct(**fields)
            return await converter.container_file_citation_to_annotation(container)
        case "url_citation":
            return await converter.url_citation_to_annotation(AnnotationURLCitation.model_construct(**fields))
        case _:
            return None


async def to_annotations(citations: Iterable[object], converter: ResponseStreamConverter) -> list[Annotation]:
    """The annotations for a part's citations, in order."""
    converted = [await to_annotation(citation, converter) for citation in citations]
    return [annotation for annotation in converted if annotation]
