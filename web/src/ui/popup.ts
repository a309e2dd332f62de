/** A layer that opens at a control: in the top layer, beside its anchor wherever that goes, closed by a click elsewhere or Escape. */
import { autoUpdate, computePosition, flip, hide, offset, shift, size, type Middleware, type ReferenceElement } from '@floating-ui/dom';
import { useLayoutEffect, useRef } from 'preact/hooks';

export type PopupSide = 'bottom' | 'top' | 'left' | 'right';
export type PopupAlign = 'start' | 'center' | 'end';

/** Pixels between the layer and its anchor, and the window's edges; and how tall a layer may become at least. */
const gap = 4;
const margin = 8;
const least = 80;

export interface Placement {
  /** The opposite one is taken when only that has room. */
  side: PopupSide;
  align: PopupAlign;
  /** at least as wide as the anchor */
  wide: boolean;
  /** the tallest it may become, in pixels */
  maxHeight: number;
}

function middleware({ side, wide, maxHeight }: Placement): Middleware[] {
  const beside = side === 'left' || side === 'right';
  return [
    offset(gap),
    // In a narrow window there is no room beside anything.
    flip({ padding: margin, crossAxis: false, fallbackAxisSideDirection: beside ? 'end' : 'none' }),
    shift({ padding: margin }),
    size({
      padding: margin,
      apply: ({ availableHeight, rects, elements: { floating } }) => {
        floating.style.maxBlockSize = `${Math.max(least, Math.min(maxHeight, availableHeight))}px`;
        if (wide) floating.style.minInlineSize = `${rects.reference.width}px`;
      },
    }),
    hide(),
  ];
}

/**
 * Shows the layer beside its anchor, and keeps it there while anything scrolls or changes its size, inside of shadow trees too.
 * It can't be seen while its anchor can't, but keeps the focus. The result ends all that and hides the layer.
 */
export function attach(anchor: ReferenceElement, layer: HTMLElement, wanted: Placement): () => void {
  const placement = wanted.align === 'center' ? wanted.side : (`${wanted.side}-${wanted.align}` as const);
  const steps = middleware(wanted);
  let attached = true;
  const place = async (): Promise<void> => {
    // As tall as it would like to be: that decides whether it has room.
    layer.style.maxBlockSize = `${wanted.maxHeight}px`;
    const { x, y, middlewareData } = await computePosition(anchor, layer, { strategy: 'fixed', placement, middleware: steps });
    if (!attached) return;
    const away = middlewareData.hide?.referenceHidden === true;
    Object.assign(layer.style, { left: `${x}px`, top: `${y}px`, opacity: away ? '0' : '', pointerEvents: away ? 'none' : '' });
  };
  if (typeof layer.showPopover === 'function') layer.showPopover();
  const stop = autoUpdate(anchor, layer, () => void place());
  return () => {
    attached = false;
    stop();
    if (typeof layer.hidePopover === 'function' && layer.matches(':popover-open')) layer.hidePopover();
  };
}

export interface Popup {
  anchor: { current: HTMLElement | null };
  layer: { readonly current: HTMLDivElement | null };
}

/**
 * Shows and places the layer while `open`, at `at` or at what is put into the result's `anchor`. `close` is called when the
 * person leaves it.
 */
export function usePopup(open: boolean, placement: Placement, close: () => void, at: HTMLElement | null = null): Popup {
  const anchor = useRef<HTMLElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const latest = useRef(close);
  latest.current = close;
  useLayoutEffect(() => {
    const [element, holder] = [layer.current, at ?? anchor.current];
    if (!open || element === null || holder === null) return undefined;
    const detach = attach(holder, element, placement);
    const leave = (event: Event): void => {
      const path = event.composedPath();
      if (!path.includes(element) && !path.includes(holder)) latest.current();
    };
    document.addEventListener('pointerdown', leave, true);
    return () => {
      document.removeEventListener('pointerdown', leave, true);
      detach();
    };
  }, [open, at, placement.side, placement.align, placement.maxHeight, placement.wide]);
  return { anchor, layer };
}
