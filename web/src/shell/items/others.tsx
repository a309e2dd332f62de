import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { ClientToolCallItem, GeneratedImageItem, StructuredInputItem, WidgetItem } from '../../core/protocol.generated';
import { Icon } from '../../icons';
import { format } from '../../locales';
import { useMessages, useShell } from '../context';
import { asError } from '../../core/errors';
import { useWidgetHost } from '../widget-host';
import { loadWidgets, widgets } from '../widgets-lazy';

export function WidgetRow({ item }: { item: WidgetItem }): JSX.Element {
  const host = useWidgetHost(item.id);
  const { widget: messages } = useMessages();
  const renderers = widgets.value;
  useEffect(() => {
    if (renderers === null) loadWidgets((error) => host.reportError(asError(error)));
  }, [renderers, host]);
  if (renderers === null) return <div class="widget-row widget-loading" role="status" aria-label={messages.loading} />;
  return <div class="widget-row" part="widget"><renderers.WidgetView itemId={item.id} widget={item.widget} host={host} /></div>;
}

export function GeneratedImageRow({ item }: { item: GeneratedImageItem }): JSX.Element {
  const shell = useShell();
  const { image: messages } = useMessages();
  const working = shell.store.isStreaming(item.id);
  const progress = shell.store.conversation.value.state.imageProgress[item.id];
  const { image } = item;
  if (image == null) return <div class="image image-pending" part="generated-image" role="img" aria-label={messages.pending}><span class="shimmer">{messages.pending}</span></div>;
  if (!shell.allowImage(image.url)) return <p class="image-blocked"><Icon name="square-image" size={16} />{messages.blocked}</p>;
  return (
    <figure class={working ? 'image image-working' : 'image'} part="generated-image">
      <img src={image.url} alt={messages.done} loading="lazy" decoding="async" />
      {working && <progress max={1} value={progress} aria-label={messages.progress} />}
    </figure>
  );
}

export function ClientToolRow({ item }: { item: ClientToolCallItem }): JSX.Element | null {
  const { tool } = useMessages();
  const pending = (item.status ?? 'pending') === 'pending';
  if (!pending) return null;
  return (
    <p class="tool-call" part="client-tool-call" role="status">
      <span class="spinner" />
      <span class="shimmer">{format(tool.pending, { name: item.name.replaceAll('_', ' ') })}</span>
    </p>
  );
}

/** Questions as they stay in the thread. While they wait, the composer asks them. */
export function StructuredInputRow({ item }: { item: StructuredInputItem }): JSX.Element {
  const { question: messages } = useMessages();
  const status = item.status ?? 'pending';
  if (status === 'pending') {
    return <p class="question-waiting" part="structured-input"><Icon name="circle-question" size={16} />{messages.waiting}</p>;
  }
  return (
    <section class="answers" part="structured-input" aria-label={messages.answered}>
      <dl>
        {item.inputs.map((input) => {
          const values = input.answer?.values ?? [];
          const skipped = status === 'skipped' || input.answer?.skipped === true;
          return (
            <div key={input.id}>
              <dt>{input.question}</dt>
              <dd class={skipped || values.length === 0 ? 'muted' : undefined}>
                {skipped ? messages.skipped : values.length === 0 ? messages.unanswered : values.join(', ')}
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}
