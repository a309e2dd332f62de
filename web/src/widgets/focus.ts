/** Keyboard focus over the updates of a widget: it stays where it is, or goes to what is nearest; it never gets lost. */
import { useLayoutEffect, useRef } from 'preact/hooks';

/** The focused element of the tree a node is in, document or shadow root; null when nothing has focus. */
export function activeIn(node: Node): Element | null {
  const tree = node.getRootNode();
  const active = 'activeElement' in tree ? (tree as Document | ShadowRoot).activeElement : null;
  return active === document.body ? null : active;
}

/** One ancestor of the focused element, or itself, among its siblings, before an update. */
interface Level {
  /** siblings from near to far, those after it first */
  neighbours: Element[];
  /** the focused element is the control with this index among those of its kind in here */
  place: number;
}

interface Focus {
  element: HTMLElement;
  id: string;
  kind: string;
  selection: readonly [number, number] | null;
  /** from the focused element to the child of the widget's root */
  levels: Level[];
}

const CONTROLS = 'a[href], button, input, select, textarea, [tabindex]';

function controlsIn(element: Element): HTMLElement[] {
  const all = element.querySelectorAll<HTMLElement>(CONTROLS);
  return [...(element.matches(CONTROLS) ? [element as HTMLElement] : []), ...all].filter((control) => control.tabIndex >= 0 && !isOff(control));
}

/** Cannot have focus: disabled, or in something inert. */
function isOff(element: Element): boolean {
  return element.matches(':disabled') || element.closest('[inert]') !== null;
}

/** Controls of the same kind in different rows do the same thing: both are ticks, or both are bins. */
function kindOf(element: Element): string {
  return `${element.tagName} ${element.className}`;
}

function ofKind(element: Element, kind: string): HTMLElement[] {
  return controlsIn(element).filter((control) => kindOf(control) === kind);
}

function siblingsOf(element: Element): Element[] {
  const all = [...(element.parentElement?.children ?? [])];
  const at = all.indexOf(element);
  return [...all.slice(at + 1), ...all.slice(0, at).reverse()];
}

function focusWithin(root: Element): Focus | null {
  const element = activeIn(root);
  if (!(element instanceof HTMLElement) || element === root || !root.contains(element)) return null;
  const text = element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element : null;
  const selection = text?.selectionStart == null ? null : ([text.selectionStart, text.selectionEnd ?? text.selectionStart] as const);
  const kind = kindOf(element);
  const levels: Level[] = [];
  for (let at: Element | null = element; at && at !== root; at = at.parentElement) {
    levels.push({ neighbours: siblingsOf(at), place: Math.max(0, ofKind(at, kind).indexOf(element)) });
  }
  return { element, id: element.id, kind, selection, levels };
}

/** What does the same in the next row, else in the previous one, however deep rows are nested; and that row. */
function equivalent({ levels, kind }: Focus, isRow = (_: Element): boolean => true): { control: HTMLElement; row: Element } | undefined {
  for (const { neighbours, place } of levels) {
    for (const row of neighbours) {
      if (!row.isConnected || !isRow(row)) continue;
      const controls = ofKind(row, kind);
      const control = controls[place] ?? controls.at(-1);
      if (control) return { control, row };
    }
  }
  return undefined;
}

/**
 * A button that went with its row has taken the row away: the next one like it would take the next row at the next press.
 * So the focus goes to what is no button in the next row, else to that row itself, which is then read out.
 */
function beside(root: HTMLElement, focus: Focus): HTMLElement {
  const row = equivalent(focus, (each) => !each.matches(CONTROLS))?.row;
  const place = row instanceof HTMLElement ? row : root;
  return controlsIn(place).find((control) => control.localName !== 'button') ?? focusable(place);
}

function nearest(root: HTMLElement, focus: Focus): HTMLElement {
  if (focus.element.localName === 'button' && !focus.element.isConnected) return beside(root, focus);
  return equivalent(focus)?.control ?? controlsIn(root)[0] ?? focusable(root);
}

/** The same control: the node itself, or the one that took its place. */
function same(root: Element, { element, id }: Focus): HTMLElement | undefined {
  if (element.isConnected && !isOff(element)) return element;
  const successor = id ? root.querySelector<HTMLElement>(`[id="${CSS.escape(id)}"]`) : null;
  return successor && !isOff(successor) ? successor : undefined;
}

function restore(root: HTMLElement, focus: Focus): void {
  const target = same(root, focus) ?? nearest(root, focus);
  target.focus({ preventScroll: true });
  const isSame = target === focus.element || (focus.id !== '' && target.id === focus.id);
  const isText = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
  if (isSame && isText && focus.selection && target.selectionStart !== null) target.setSelectionRange(...focus.selection);
}

/** What is no control takes the focus all the same, as long as it has it. */
function focusable(place: HTMLElement): HTMLElement {
  place.tabIndex = -1;
  place.addEventListener('blur', () => place.removeAttribute('tabindex'), { once: true });
  return place;
}

/** Puts focus and caret back when an update took them away, or when the widget was inert meanwhile. */
export function useKeptFocus(ref: { readonly current: HTMLElement | null }, busy: boolean): void {
  const seen = ref.current && focusWithin(ref.current);
  const beforeBusy = useRef<Focus | null>(null);
  useLayoutEffect(() => {
    const root = ref.current;
    if (!root || !seen || busy) return;
    const active = activeIn(root);
    if (!active || (active === seen.element && isOff(active))) restore(root, seen);
  });
  useLayoutEffect(() => {
    if (busy) {
      beforeBusy.current = seen;
      return;
    }
    const root = ref.current;
    if (root && beforeBusy.current && !activeIn(root)) restore(root, beforeBusy.current);
    beforeBusy.current = null;
  }, [busy]);
}
