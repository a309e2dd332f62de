import type { Entity, Widgets } from '@openai/chatkit';
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { asError } from '../core/errors';
import { useShell, type Shell } from '../state/context';
import { entityAt } from '../state/entities';
import { useWidgetHost } from '../state/widget-host';
import { widgetRenderers } from '../state/widgets-lazy';
import { usePopup, type Placement } from '../ui/popup';
import { tagAt } from './field';

interface Shown {
  readonly entity: Entity;
  readonly anchor: HTMLElement;
  readonly preview: Widgets.BasicRoot;
}

/** How long a pointer has to rest before a preview is asked for, and how long it may be away from it. */
const restFor = 250;
const awayFor = 200;

/** Previews of the entities that the user points at or focuses, wherever they stand. */
export function Previews(): JSX.Element {
  const shell = useShell();
  const ref = useRef<HTMLSpanElement>(null);
  const [shown, setShown] = useState<Shown | null>(null);
  // Before anybody can point at what is drawn with it.
  useLayoutEffect(() => {
    const root = ref.current?.getRootNode();
    return root instanceof ShadowRoot ? watch(root, shell, setShown) : undefined;
  }, [shell]);
  return <span ref={ref} class="previews">{shown !== null && <Preview key={shown.entity.id} shown={shown} onClose={() => setShown(null)} />}</span>;
}

const placement: Placement = { side: 'top', align: 'start', wide: false, maxHeight: 320 };

function Preview({ shown: { entity, anchor, preview }, onClose }: { shown: Shown; onClose: () => void }): JSX.Element | null {
  const shell = useShell();
  const itemId = `entity:${entity.id}`;
  const host = useWidgetHost(itemId);
  const module = widgetRenderers.module.value;
  const { layer } = usePopup(module !== null, placement, onClose, anchor);
  if (module === null) return null;
  // What is not an item of the thread sends its actions as its own.
  const own: typeof host = { ...host, runAction: (action, payload) => shell.chat.current.action(payload === undefined ? { type: action.type } : { type: action.type, payload }, null) };
  return (
    <div class="menu-layer preview" part="entity-preview" popover="manual" role="group" aria-label={entity.title} ref={layer}>
      <module.WidgetView itemId={itemId} widget={preview} host={own} />
    </div>
  );
}

/** The entity for which the node that an event came from stands. */
function found(event: Event): { entity: Entity; anchor: HTMLElement } | null {
  for (const node of event.composedPath()) {
    if (!(node instanceof HTMLElement)) continue;
    const tag = tagAt(node);
    const entity = entityAt(node) ?? (tag === undefined ? undefined : { ...tag, title: tag.text } as unknown as Entity);
    if (entity !== undefined) return { entity, anchor: node };
  }
  return null;
}

const inPreview = (event: Event): boolean => event.composedPath().some((node) => node instanceof HTMLElement && node.classList.contains('preview'));

function watch(root: ShadowRoot, shell: Shell, show: (shown: Shown | null) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let current: HTMLElement | null = null;
  const hide = (): void => {
    clearTimeout(timer);
    current = null;
    show(null);
  };
  const ask = async (entity: Entity, anchor: HTMLElement): Promise<void> => {
    const request = shell.options.peek()?.entities.onRequestPreview;
    if (request === undefined) return;
    try {
      widgetRenderers.load().catch((error: unknown) => shell.chat.log('part.unavailable', { message: String(error) }));
      const { preview } = await request(entity);
      if (current === anchor && anchor.isConnected) show(preview === null ? null : { entity, anchor, preview });
    } catch (error) {
      shell.chat.error(asError(error));
    }
  };
  const enter = (event: Event): void => {
    if (inPreview(event)) {
      clearTimeout(timer);
      return;
    }
    const at = found(event);
    if (at?.entity.interactive !== true || at.anchor === current) {
      if (at !== null) clearTimeout(timer);
      return;
    }
    hide();
    current = at.anchor;
    timer = setTimeout(() => void ask(at.entity, at.anchor), restFor);
  };
  const leave = (event: Event): void => {
    if (current === null || (found(event) === null && !inPreview(event))) return;
    clearTimeout(timer);
    timer = setTimeout(hide, awayFor);
  };
  const stop = new AbortController();
  const { signal } = stop;
  for (const type of ['pointerover', 'focusin']) root.addEventListener(type, enter, { signal });
  for (const type of ['pointerout', 'focusout']) root.addEventListener(type, leave, { signal });
  root.addEventListener('keydown', (event) => {
    if ((event as KeyboardEvent).key === 'Escape') hide();
  }, { signal });
  return () => {
    clearTimeout(timer);
    stop.abort();
  };
}
