import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { renderMarkdown } from '../markdown';
import { useShell } from '../state/context';

/** Markdown that does not stream. */
export function Markdown({ text, class: name }: { text: string; class?: string }): JSX.Element {
  const shell = useShell();
  const ref = useRef<HTMLDivElement>(null);
  const messages = shell.messages.value;
  useEffect(() => {
    if (ref.current === null) return;
    renderMarkdown(ref.current, text, {
      messages,
      headingLevel: 3,
      allowImage: (url) => shell.allowImage(url),
      pictureRule: shell.pictureRule,
      onDeepLink: (target, data) => shell.deepLink(target, data),
    });
  }, [text, messages, shell]);
  return <div ref={ref} class={name} />;
}
