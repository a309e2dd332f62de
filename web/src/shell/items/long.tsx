/** A long message of the user's: its beginning, until the rest is asked for. A chunk of its own. */
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { UserMessageContent } from '../../core/protocol.generated';
import { unpiled } from '../../markdown';
import { longCss } from '../../styles/long.css';
import { addStyles } from '../../ui/late-styles';
import { useMessages } from '../../state/context';

addStyles(longCss);

type Content = readonly UserMessageContent[];

/** A message beyond these is cut, to what is shown of it; so never only a little is missing. In UTF-16 units, and lines. */
const CUT = { length: 2000, lines: 24 };
const SHOWN = { length: 1200, lines: 15 };

function endOf(text: string, { length, lines }: typeof CUT): number {
  let at = -1;
  for (let line = 0; line < lines; line += 1) {
    at = text.indexOf('\n', at + 1);
    if (at < 0 || at > length) return Math.min(text.length, length);
  }
  return at;
}

/** The beginning of `content`, or null for what is shown whole. */
export function beginningOf(content: Content): UserMessageContent[] | null {
  const text = content.map((part) => part.text).join('');
  if (endOf(text, CUT) >= text.length) return null;
  let left = endOf(text, SHOWN);
  return content.flatMap((part) => {
    const room = left;
    left -= part.text.length;
    if (room <= 0) return [];
    if (room >= part.text.length || part.type !== 'input_text') return [part];
    // Not between the halves of one character.
    return [{ ...part, text: `${part.text.slice(0, room).replace(/[\ud800-\udbff]$/, '').trimEnd()}…` }];
  });
}

/** What `part` draws of each part that is shown, and the button for the others. */
export function LongText({ content, part }: { content: Content; part: (part: UserMessageContent, at: number) => JSX.Element }): JSX.Element {
  const { message } = useMessages();
  const [whole, setWhole] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const beginning = useMemo(() => beginningOf(content), [content]);
  useEffect(() => {
    if (!whole && button.current?.matches(':focus')) button.current.scrollIntoView({ block: 'nearest' });
  }, [whole]);
  return (
    <>
      {((whole ? null : beginning) ?? content).map((each, at) => part({ ...each, text: unpiled(each.text) }, at))}
      {beginning !== null && <button ref={button} type="button" class="bubble-more" aria-expanded={whole} onClick={() => setWhole(!whole)}>{whole ? message.showLess : message.showAll}</button>}
    </>
  );
}
