/** A button beside selected text of an answer, to reply to just that. A chunk of its own. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../icons';
import { useMessages, useShell } from '../state/context';
import { selectedIn } from '../ui/selected';
import { attach, type Placement } from '../ui/popup';
import './styles';

const placement: Placement = { side: 'top', align: 'center', wide: false, maxHeight: 60 };

export function ReplyToSelection(): JSX.Element {
  const { composer: model } = useShell();
  const { composer: messages } = useMessages();
  const inside = useRef<HTMLSpanElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const [range, setRange] = useState<Range | null>(null);
  useEffect(() => {
    const root = inside.current?.getRootNode();
    return root instanceof ShadowRoot ? watch(root, setRange) : undefined;
  }, []);
  useLayoutEffect(() => {
    if (layer.current === null || range === null) return undefined;
    const context = elementOf(range.startContainer);
    return attach({ getBoundingClientRect: () => range.getBoundingClientRect(), ...(context === null ? {} : { contextElement: context }) }, layer.current, placement);
  }, [range]);
  const reply = (): void => {
    model.reply.value = range === null ? null : wordsOf(range);
    document.getSelection()?.removeAllRanges();
    setRange(null);
    model.focus();
  };
  return (
    <span ref={inside} class="previews">
      {range !== null && (
        <div ref={layer} class="menu-layer reply-layer" popover="manual">
          <button type="button" class="menu-item" part="reply-button" onPointerDown={(event) => event.preventDefault()} onClick={reply}>
            <Icon name="reply" size={16} />{messages.replyTo}
          </button>
        </div>
      )}
    </span>
  );
}

/** Tells of text that is selected inside of one answer, once the selection rests. */
function watch(root: ShadowRoot, tell: (range: Range | null) => void): () => void {
  let pressed = false;
  let frame = 0;
  const look = (): void => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => tell(pressed ? null : answerIn(root)));
  };
  const stop = new AbortController();
  const { signal } = stop;
  document.addEventListener('selectionchange', look, { signal });
  root.addEventListener('pointerdown', () => (pressed = true), { signal });
  addEventListener('pointerup', () => {
    pressed = false;
    look();
  }, { signal });
  // Text is selected without the focus coming into the element.
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') tell(null);
  }, { signal });
  // What was selected before this chunk was here.
  look();
  return () => {
    cancelAnimationFrame(frame);
    stop.abort();
  };
}

function answerIn(root: ShadowRoot): Range | null {
  const selected = selectedIn(root);
  if (selected === null) return null;
  const answer = elementOf(selected.startContainer)?.closest('.assistant .prose');
  if (answer == null || !answer.contains(selected.endContainer)) return null;
  const range = document.createRange();
  range.setStart(selected.startContainer, selected.startOffset);
  range.setEnd(selected.endContainer, selected.endOffset);
  return wordsOf(range) === '' ? null : range;
}

/** The text of a selection without the marks of sources and the buttons in it. */
function wordsOf(range: Range): string {
  const content = range.cloneContents();
  for (const extra of content.querySelectorAll('.citation, button')) extra.remove();
  return content.textContent.trim();
}

function elementOf(node: Node): Element | null {
  return node instanceof Element ? node : node.parentElement;
}
