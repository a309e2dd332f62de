/** A layer that opens at a control: in the top layer, placed beside its anchor, closed by a click elsewhere or Escape. */
import { useLayoutEffect, useRef } from 'preact/hooks';

export type PopupSide = 'bottom' | 'top' | 'left' | 'right';
export type PopupAlign = 'start' | 'center' | 'end';

const GAP = 4;
const MARGIN = 8;

export interface Placement {
  side: PopupSide;
  align: PopupAlign;
  /** at least as wide as the anchor */
  wide: boolean;
  /** the tallest it may become, in pixels */
  maxHeight: number;
}

interface Rect {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface Place {
  left: number;
  top: number;
  maxHeight: number;
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, Math.max(least, most)));
}

function along(align: PopupAlign, start: number, end: number, length: number): number {
  if (align === 'center') return (start + end - length) / 2;
  return align === 'start' ? start : end - length;
}

/** Where a layer of the given size goes: on the wanted side, on the opposite one when only that has room, always in view. */
export function placeBeside(anchor: Rect, layer: { width: number; height: number }, view: { width: number; height: number }, wanted: Placement, rtl = false): Place {
  const align = rtl && wanted.align !== 'center' ? (wanted.align === 'start' ? 'end' : 'start') : wanted.align;
  if (wanted.side === 'left' || wanted.side === 'right') {
    const roomRight = view.width - anchor.right - GAP - MARGIN;
    const roomLeft = anchor.left - GAP - MARGIN;
    const right = wanted.side === 'right' ? roomRight >= layer.width || roomRight >= roomLeft : !(roomLeft >= layer.width || roomLeft >= roomRight);
    const left = right ? anchor.right + GAP : anchor.left - GAP - layer.width;
    const height = Math.min(layer.height, wanted.maxHeight);
    return {
      left: clamp(left, MARGIN, view.width - layer.width - MARGIN),
      top: clamp(along(wanted.align, anchor.top, anchor.bottom, height), MARGIN, view.height - height - MARGIN),
      maxHeight: Math.min(wanted.maxHeight, view.height - 2 * MARGIN),
    };
  }
  const below = view.height - anchor.bottom - GAP - MARGIN;
  const above = anchor.top - GAP - MARGIN;
  const needed = Math.min(layer.height, wanted.maxHeight);
  const down = wanted.side === 'bottom' ? below >= needed || below >= above : !(above >= needed || above >= below);
  const maxHeight = Math.max(80, Math.min(wanted.maxHeight, down ? below : above));
  return {
    left: clamp(along(align, anchor.left, anchor.right, layer.width), MARGIN, view.width - layer.width - MARGIN),
    top: down ? anchor.bottom + GAP : anchor.top - GAP - Math.min(layer.height, maxHeight),
    maxHeight,
  };
}

function position(layer: HTMLElement, anchor: HTMLElement, wanted: Placement): void {
  const rect = anchor.getBoundingClientRect();
  if (wanted.wide) layer.style.minInlineSize = `${rect.width}px`;
  layer.style.maxBlockSize = `${wanted.maxHeight}px`;
  const view = { width: document.documentElement.clientWidth, height: window.innerHeight };
  const size = { width: layer.offsetWidth, height: layer.offsetHeight };
  const place = placeBeside(rect, size, view, wanted, getComputedStyle(anchor).direction === 'rtl');
  layer.style.maxBlockSize = `${place.maxHeight}px`;
  layer.style.left = `${place.left}px`;
  layer.style.top = `${place.top}px`;
}

export interface Popup {
  anchor: { readonly current: HTMLElement | null };
  layer: { readonly current: HTMLDivElement | null };
}

/** Shows and places the layer while `open`. `close` is called when the person leaves it. */
export function usePopup(open: boolean, placement: Placement, close: () => void): Popup {
  const anchor = useRef<HTMLElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const latest = useRef(close);
  latest.current = close;
  useLayoutEffect(() => {
    const [element, holder] = [layer.current, anchor.current];
    if (!open || !element || !holder) return;
    if (typeof element.showPopover === 'function') element.showPopover();
    const follow = (): void => position(element, holder, placement);
    follow();
    const leave = (event: Event): void => {
      const path = event.composedPath();
      if (!path.includes(element) && !path.includes(holder)) latest.current();
    };
    const changes = typeof ResizeObserver === 'function' ? new ResizeObserver(follow) : undefined;
    changes?.observe(element);
    document.addEventListener('pointerdown', leave, true);
    addEventListener('scroll', follow, { capture: true, passive: true });
    addEventListener('resize', follow);
    return () => {
      changes?.disconnect();
      document.removeEventListener('pointerdown', leave, true);
      removeEventListener('scroll', follow, { capture: true });
      removeEventListener('resize', follow);
      if (typeof element.hidePopover === 'function' && element.matches(':popover-open')) element.hidePopover();
    };
  }, [open, placement.side, placement.align, placement.maxHeight, placement.wide]);
  return { anchor, layer };
}
