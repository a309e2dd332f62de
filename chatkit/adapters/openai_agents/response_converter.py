"""What users may change in how the model's images and citations appear."""

from openai.types.responses.response_output_text import (
    AnnotationContainerFileCitation,
    AnnotationFileCitation,
    AnnotationURLCitation,
)

from chatkit.types import Annotation, FileSource, URLSource

__all__ = ["ResponseStreamConverter"]


class ResponseStreamConverter:
    """Turns the model's images and citations into what the thread shows. Override to host images, to name files, ….

    `partial_images` is the number that the image tool was asked for; progress is counted by it.
    """

    partial_images: int | None = None

    def __init__(self, *, partial_images: int | None = None) -> None:
        self.partial_images = partial_images

    async def base64_image_to_url(
        self, image_id: str, base64_image: str, partial_image_index: int | None = None
    ) -> str:
        """Where the image can be loaded: a data URL, unless overridden. The index is given for partial images."""
        return f"data:image/png;base64,{base64_image}"

    def partial_image_index_to_progress(self, partial_image_index: int) -> float:
        """How much is done at a partial image, from 0 to 1; 0 when the number of partial images is not known."""
        return min(1.0, partial_image_index / self.partial_images) if self.partial_images else 0.0

    async def file_citation_to_annotation(self, file_citation: AnnotationFileCitation) -> Annotation | None:
        """An annotation that names the file; none for a file without a name."""
        name = file_citation.filename
        return _file(name, file_citation.index) if name else None

    async def container_file_citation_to_annotation(
        self, container_file_citation: AnnotationContainerFileCitation
    ) -> Annotation | None:
        """As for files, where the cited text ends."""
        name = container_file_citation.filename
        return _file(name, container_file_citation.end_index) if name else None

    async def url_citation_to_annotation(self, url_citation: AnnotationURLCitation) -> Annotation | None:
        """An annotation that links the page, where the cited text ends."""
        source = URLSource(title=url_citation.title, url=url_citation.url)
        return Annotation(source=source, index=url_citation.end_index)


def _file(name: str, index: int) -> Annotation:
    return Annotation(source=FileSource(title=name, filename=name), index=index)
