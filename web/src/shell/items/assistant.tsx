import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Annotation, AssistantMessageItem } from '../../core/protocol.generated';
import { StreamingMarkdown } from '../../markdown';
import { useMessages, useShell } from '../../state/context';
import { details } from '../details-lazy';
import { useLazy } from '../../state/lazy';

export function AssistantMessage({ item }: { item: AssistantMessageItem }): JSX.Element {
  const { thread } = useMessages();
  const annotations = item.content.flatMap((part) => part.annotations ?? []);
  const more = useLazy(details, annotations.length > 0);
  return (
    <article class="assistant" part="assistant-message">
      <h3 class="hidden">{thread.assistant}</h3>
      {item.content.map((part, at) => (
        <TextPart key={at} itemId={item.id} at={at} text={part.text} annotations={part.annotations ?? []} />
      ))}
      {more !== null && <more.Sources annotations={annotations} />}
    </article>
  );
}

/** One text of a message. Text that streams goes straight to its renderer: nothing here renders again for it. */
function TextPart({ itemId, at, text, annotations }: { itemId: string; at: number; text: string; annotations: readonly Annotation[] }): JSX.Element {
  const shell = useShell();
  const container = useRef<HTMLDivElement>(null);
  const markdown = useRef<StreamingMarkdown | null>(null);
  const messages = shell.messages.value;
  const diagrams = shell.options.value?.thread.diagrams ? shell.colorScheme : undefined;
  const marksOf = useLazy(details, annotations.length > 0)?.marksOf;

  useLayoutEffect(() => {
    if (container.current === null) return undefined;
    const made = new StreamingMarkdown(container.current, {
      messages,
      headingLevel: 3,
      diagrams,
      allowImage: (url) => shell.allowImage(url),
      pictureRule: shell.pictureRule,
      onDeepLink: (name, data) => shell.deepLink(name, data),
    });
    markdown.current = made;
    const now = shell.store.current(itemId);
    made.set((now?.type === 'assistant_message' ? now.content[at]?.text : undefined) ?? '');
    made.flush();
    const stop = shell.store.onText(itemId, at, (delta) => made.append(delta));
    return () => {
      stop();
      made.destroy();
      markdown.current = null;
    };
  }, [shell, messages, diagrams, itemId, at]);

  // After every render, which is when the item itself was replaced: the final text may differ from what was streamed.
  useLayoutEffect(() => {
    const made = markdown.current;
    const now = shell.store.current(itemId);
    if (made === null || now?.type !== 'assistant_message') return;
    made.set(now.content[at]?.text ?? text);
    made.annotate(marksOf?.(annotations, shell) ?? []);
    // What was cut off stays as it looked while it was written: its Markdown has no end.
    if (!shell.store.isStreaming(itemId) && now.status == null) made.finish();
  });

  // Each block finds its own direction. With `auto` the browser would look through all of them at each change, and find nothing.
  return <div ref={container} class="prose" dir="ltr" />;
}
