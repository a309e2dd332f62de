import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { ClientToolCallItem, GeneratedImageItem, StructuredInputItem, ToolCallItem, WidgetItem } from '../../core/protocol.generated';
import { isRecord } from '../../core/validate';
import { Icon } from '../../icons';
import { format } from '../../locales';
import { useMessages, useShell } from '../../state/context';
import { MissingPart } from '../status';
import { useWidgetHost } from '../../state/widget-host';
import { useLazy } from '../../state/lazy';
import { widgetRenderers } from '../../state/widgets-lazy';

export function WidgetRow({ item }: { item: WidgetItem }): JSX.Element {
  const host = useWidgetHost(item.id);
  const { widget: messages } = useMessages();
  const renderers = useLazy(widgetRenderers, true);
  if (renderers === null && widgetRenderers.missing.value) return <MissingPart />;
  if (renderers === null) return <div class="widget-loading" role="status" aria-label={messages.loading} />;
  return <renderers.WidgetView itemId={item.id} widget={item.widget} host={host} />;
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

/** A tool the page runs. */
export function ClientToolRow({ item }: { item: ClientToolCallItem }): JSX.Element {
  const { tool } = useMessages();
  const { phase } = useShell().store;
  const name = nameOf(item.name);
  const waits = (item.status ?? 'pending') === 'pending';
  // Stopped, or not to be run: it waits for nothing.
  const pending = waits && phase.value !== 'idle';
  const failed = waits || isFailure(item.output);
  return (
    <p class="tool-call" part="client-tool-call" role={pending ? 'status' : undefined}>
      {pending ? <span class="spinner" /> : <Icon name={failed ? 'error' : 'check'} size={16} />}
      <span class={pending ? 'shimmer' : undefined}>{format(pending ? tool.pending : failed ? tool.failed : tool.completed, { name })}</span>
    </p>
  );
}

/** What the element hands in for a tool that threw. */
function isFailure(output: unknown): boolean {
  return isRecord(output) && typeof output.error === 'string' && Object.keys(output).length === 1;
}

/** A tool the server ran: its name, and what went in and out on request. */
export function ToolRow({ item }: { item: ToolCallItem }): JSX.Element {
  const { tool } = useMessages();
  const [open, setOpen] = useState(false);
  const id = useId();
  const status = item.status ?? 'in_progress';
  const label = format({ in_progress: tool.pending, completed: tool.completed, failed: tool.failed }[status], { name: nameOf(item.name) });
  const details = { [tool.input]: item.arguments ?? {}, ...(item.output == null ? {} : { [tool.output]: item.output }) };
  return (
    <section class="tool" part="tool-call" aria-busy={status === 'in_progress'}>
      <button type="button" class="workflow-toggle" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
        {status === 'in_progress' ? <span class="spinner" /> : <Icon name={status === 'failed' ? 'error' : 'tools'} size={16} />}
        <span class={status === 'in_progress' ? 'shimmer' : undefined}>{label}</span>
        <Icon name="chevron-right" size={14} />
      </button>
      <div id={id} class={open ? 'fold fold-open' : 'fold'} inert={!open}>
        <dl class="tool-details">
          {open && Object.entries(details).map(([name, value]) => (
            <div key={name}><dt>{name}</dt><dd><pre tabIndex={0} dir={typeof value === 'string' ? 'auto' : 'ltr'}>{typeof value === 'string' ? value : JSON.stringify(value, null, 2)}</pre></dd></div>
          ))}
        </dl>
      </div>
    </section>
  );
}

/** A tool's name as words: `get_weather`, `getWeather` and `weather.get` are said, not read out as code. */
export function nameOf(tool: string): string {
  const words = tool.replaceAll(/[\s._:/-]+/g, ' ').replaceAll(/(?<=\p{Ll}|\d)(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/gu, ' ').trim();
  const [first = '', ...rest] = words.split(' ');
  // Short names in capitals stay what they are: API, URL.
  const lower = rest.map((word) => (/^\p{Lu}\p{Ll}/u.test(word) ? word.toLowerCase() : word));
  return [first.slice(0, 1).toUpperCase() + first.slice(1), ...lower].join(' ') || tool;
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
