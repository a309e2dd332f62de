import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { StreamingMarkdown } from '../markdown';
import { useShell } from '../state/context';

/** Markdown that comes whole, and may be replaced by other. */
export function Markdown({ text, class: name }: { text: string; class?: string }): JSX.Element {
  const shell = useShell();
  const ref = useRef<HTMLDivElement>(null);
  const markdown = useRef<StreamingMarkdown | null>(null);
  const messages = shell.messages.value;
  useEffect(() => {
    if (ref.current === null) return undefined;
    const made = markdown.current = new StreamingMarkdown(ref.current, {
      messages,
      headingLevel: 3,
      allowImage: (url) => shell.allowImage(url),
      pictureRule: shell.pictureRule,
      onDeepLink: (target, data) => shell.deepLink(target, data),
    });
    return () => made.destroy();
  }, [messages, shell]);
  useEffect(() => {
    markdown.current?.set(text);
    markdown.current?.finish();
  }, [text, messages, shell]);
  return <div ref={ref} class={name} />;
}
