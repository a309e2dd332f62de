/** Text areas as high as their text. Browsers with `field-sizing` do it alone (Chrome from 123, Safari from 26.2). */
import { useLayoutEffect } from 'preact/hooks';

type Area = HTMLTextAreaElement | HTMLInputElement;

const isNeeded = (): boolean => typeof CSS === 'undefined' || !CSS.supports('field-sizing', 'content');

/** Gives it the height of its text; style sheets say how high it may become. */
export function fitHeight(area: Area | null): void {
  if (area === null || !isNeeded()) return;
  area.style.height = 'auto';
  area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
}

/** Keeps it fitting: after each rendering, when somebody types, when it gets another width, its styles or its fonts. */
export function useFittingHeight(field: { readonly current: Area | null }, wanted = true): void {
  useLayoutEffect(() => {
    if (wanted) fitHeight(field.current);
  });
  useLayoutEffect(() => {
    const area = field.current;
    if (area === null || !wanted || !isNeeded()) return undefined;
    let [width, frame] = [0, 0];
    // In the next frame: a height that is set meanwhile would be a loop to the observer.
    const changes = new ResizeObserver(() => {
      if (area.clientWidth === width) return;
      width = area.clientWidth;
      frame = requestAnimationFrame(() => fitHeight(area));
    });
    changes.observe(area);
    const typed = (): void => fitHeight(area);
    area.addEventListener('input', typed);
    return () => {
      changes.disconnect();
      cancelAnimationFrame(frame);
      area.removeEventListener('input', typed);
    };
  }, [field, wanted]);
}
