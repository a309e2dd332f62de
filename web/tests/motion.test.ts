/** What moves: everything that comes or goes does so alike, briefly, and not at all for who wants no motion. */
import { afterEach, expect, test, vi } from 'vitest';
import { chartsCss } from '../src/charts/charts.css';
import { composerCss } from '../src/composer/composer.css';
import { markdownCss } from '../src/markdown/markdown.css';
import { baseCss } from '../src/styles/base.css';
import { detailsCss } from '../src/styles/details.css';
import { editCss } from '../src/styles/edit.css';
import { historyCss } from '../src/styles/history.css';
import { questionCss } from '../src/styles/question.css';
import { shellCss } from '../src/styles/shell.css';
import { threadCss } from '../src/styles/thread.css';
import { tokensCss } from '../src/styles/tokens';
import { leave } from '../src/ui/motion';
import { contentCss } from '../src/widgets/content.css';
import { controlsCss } from '../src/widgets/controls.css';

const SHEETS = { chartsCss, composerCss, markdownCss, baseCss, detailsCss, editCss, historyCss, questionCss, shellCss, threadCss, contentCss, controlsCss };

const milliseconds = (time: string): number => parseFloat(time) * (time.endsWith('ms') ? 1 : 1000);

test.each(Object.entries(SHEETS))('%s: what comes, goes or changes takes the one duration, or less', (_, css) => {
  for (const [, property, value = ''] of css.matchAll(/(transition|animation): ([^;}]+)/g)) {
    // What goes on and on says that something does.
    if (value.includes('infinite')) continue;
    for (const part of value.split(/,(?![^(]*\))/)) {
      const [first] = part.includes('var(--chatkit-duration)') ? [] : part.match(/(?<![\w-])[\d.]+m?s\b/) ?? [];
      if (first !== undefined) expect(milliseconds(first), `${property}: ${value}`).toBeLessThanOrEqual(150);
    }
  }
});

test('the duration is 150 ms, and next to none for who wants no motion', () => {
  expect(/--chatkit-duration: ([^;]+);/.exec(tokensCss)?.[1]).toBe('150ms');
  expect(/prefers-reduced-motion: reduce\) \{ :host \{ --chatkit-duration: ([^;]+);/.exec(tokensCss)?.[1]).toBe('0.01ms');
});

test('what comes over or into the conversation comes in one way', () => {
  const all = Object.values(SHEETS).join('\n');
  const entering = [...all.matchAll(/^([^{}]*)\{[^}]*animation: (ck-(?:enter|rise)|(?:composer|w)-appear)/gm)].map(([, selector = '', name]) => [selector.trim(), name]);
  expect(entering.map(([selector]) => selector)).toEqual(expect.arrayContaining(['.notice', '.jump-button', '.question', '.menu-layer:popover-open', '.w-popup:popover-open']));
  expect(new Set(entering.map(([, name]) => name))).toEqual(new Set(['ck-enter']));
});

const shown = (animations: { finished: Promise<unknown> }[]): HTMLElement => {
  const parent = document.createElement('div');
  const [overlay, panel] = [document.createElement('div'), document.createElement('div')];
  Object.assign(overlay, { id: 'one', className: 'overlay' });
  panel.setAttribute('part', 'history');
  overlay.append(panel);
  parent.append(overlay);
  document.body.append(parent);
  vi.spyOn(HTMLElement.prototype, 'getAnimations').mockReturnValue(animations as never);
  return parent;
};

afterEach(() => {
  vi.restoreAllMocks();
  document.body.replaceChildren();
});

test('what leaves moves away where nobody can reach or find it, and is gone when it has', async () => {
  let arrive: () => void = () => undefined;
  const parent = shown([{ finished: new Promise<void>((resolve) => { arrive = resolve; }) }]);
  const overlay = parent.firstElementChild as HTMLElement;
  leave(overlay);
  overlay.remove();
  const copy = parent.firstElementChild as HTMLElement;
  expect([copy.className, copy.inert, copy.getAttribute('aria-hidden')]).toEqual(['overlay leaving', true, 'true']);
  expect(parent.querySelector('[id], [part]')).toBeNull();
  arrive();
  await vi.waitFor(() => expect(parent.childElementCount).toBe(0));
});

test('what does not move leaves at once', async () => {
  const parent = shown([]);
  leave(parent.firstElementChild as HTMLElement);
  parent.firstElementChild?.remove();
  await vi.waitFor(() => expect(parent.childElementCount).toBe(0));
});
