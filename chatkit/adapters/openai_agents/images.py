"""Images that the model makes."""

from datetime import UTC, datetime

from openai.types.responses import ResponseImageGenCallPartialImageEvent
from openai.types.responses.response_output_item import ImageGenerationCall

from chatkit.adapters.openai_agents.run import Run, Shown, on, updated
from chatkit.types import (
    GeneratedImage,
    GeneratedImageItem,
    GeneratedImageUpdated,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
)

__all__ = ["image_added", "image_done"]


async def image_added(run: Run, item: ImageGenerationCall) -> Shown:
    """An image is begun."""
    context = run.context
    image = GeneratedImageItem(
        id=context.generate_id("message"), thread_id=context.thread.id, created_at=datetime.now(UTC)
    )
    run.images[item.id] = context.generated_image_item = image
    return [ThreadItemAddedEvent(item=image.model_copy())]


@on(ResponseImageGenCallPartialImageEvent)
async def image_progress(run: Run, event: ResponseImageGenCallPartialImageEvent) -> Shown:
    """The image so far."""
    item = run.images.get(event.item_id)
    if item is None:
        return ()
    index = event.partial_image_index
    url = await run.converter.base64_image_to_url(event.item_id, event.partial_image_b64, index)
    item.image = GeneratedImage(id=event.item_id, url=url)
    progress = run.converter.partial_image_index_to_progress(index)
    return updated(item.id, GeneratedImageUpdated(image=item.image, progress=progress))


async def image_done(run: Run, item: ImageGenerationCall) -> Shown:
    """The image is whole. One that failed has no result and shows nothing more."""
    image = run.images.get(item.id)
    if image is None or not item.result:
        return ()
    del run.images[item.id]
    run.context.generated_image_item = next(reversed(run.images.values()), None)
    image.image = GeneratedImage(id=item.id, url=await run.converter.base64_image_to_url(item.id, item.result))
    return [ThreadItemDoneEvent(item=image)]
