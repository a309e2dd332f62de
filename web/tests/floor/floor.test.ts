/**
 * Nothing that the oldest supported browsers have not, unless it is written down what they get instead: the lists below.
 * What is missing is looked up in MDN's tables, for each name that scripts and style sheets use.
 */
import { expect, it } from 'vitest';
import { firstOf, type Use } from './compat';
import { scriptUses } from './scripts';
import { styleUses } from './styles';

/** What a browser at the floor lacks, and what it does without. */
const scripts: Readonly<Record<string, string>> = {
  'ContentVisibilityAutoStateChangeEvent.skipped': 'without the event rows are built when they are scrolled to',
  'CustomStateSet.add': 'ui/states.ts: attributes',
  'CustomStateSet.delete': 'ui/states.ts: attributes',
  'ElementInternals.states': 'ui/states.ts: attributes',
  'Element.checkVisibility': 'page/context.ts asks for its boxes',
  'HTMLElement.hidePopover': 'asked for first: the layer is taken away',
  'HTMLElement.popover': 'the page helper’s button: from Firefox 125',
  'HTMLElement.showPopover': 'asked for first: the layer stands inside the element',
  'Intl.Segmenter': 'asked for first: a mark stands where the server says',
  'Segmenter.segment': 'see Intl.Segmenter',
  'Segments.containing': 'see Intl.Segmenter',
  'OffscreenCanvasRenderingContext2D.font': 'asked for first: widths of labels are estimated',
  'Selection.getComposedRanges': 'ui/selected.ts: each engine in its own way',
  cancelIdleCallback: 'asked for first: a timer',
  requestIdleCallback: 'asked for first: a timer',
};

const styles: Readonly<Record<string, string>> = {
  ':popover-open': 'layers appear without moving',
  ':state': 'ui/states.ts makes attributes of them',
  'break-after: avoid': 'a heading may stand alone at the end of a sheet of paper',
  'contain: style': 'nothing to see: counters are not used',
  'content-visibility': 'rows out of sight are laid out as well',
  'content-visibility: auto': 'see content-visibility',
  'content-visibility: visible': 'see content-visibility',
  'display: math': 'formulas are laid out as blocks by themselves',
  'field-sizing': 'ui/fit-height.ts measures',
  'field-sizing: content': 'see field-sizing',
  'font-family: math': 'the fonts after it',
  'forced-color-adjust': 'Safari has no forced colours',
  'forced-color-adjust: none': 'see forced-color-adjust',
  'justify-content: safe': 'the start screen begins at the top (Safari before 17.6)',
  'overflow-clip-margin': 'what hangs over a little is cut off',
  'overscroll-behavior': 'the page scrolls on at the end of a list without a scroll bar',
  'print-color-adjust': 'Chrome has it with its prefix, which stands beside it',
  'print-color-adjust: exact': 'see print-color-adjust',
  'scrollbar-color': 'the system’s scroll bars',
  'scrollbar-gutter': 'the column is as wide as it is',
  'scrollbar-gutter: stable': 'see scrollbar-gutter',
  'scrollbar-width': 'the system’s scroll bars',
  'scrollbar-width: none': 'see scrollbar-width',
  'scrollbar-width: thin': 'see scrollbar-width',
  'text-align: match-parent': 'Chrome has it with its prefix, which comes before it',
  'text-wrap': 'lines break where they end',
  'text-wrap: balance': 'see text-wrap',
  'text-wrap: pretty': 'see text-wrap',
  'user-select': 'text of buttons can be selected',
};

/** What is missing somewhere and not in the list, with the browsers that lack it; and what the list has for nothing. */
function unexplained(uses: readonly Use[], list: Readonly<Record<string, string>>): string[] {
  const missing = uses.map((use) => ({ ...use, browsers: use.feature?.lacking() ?? [] })).filter(({ browsers }) => browsers.length > 0);
  const names = new Set(missing.map(({ name }) => name));
  return [
    ...missing.filter(({ name }) => list[name] === undefined).map(({ name, at, browsers }) => `${name} (${at}) is not in ${browsers.join(', ')}`),
    ...Object.keys(list).filter((name) => !names.has(name)).map((name) => `${name} is in the list, and need not be`),
  ];
}

it('scripts use what the oldest browsers have', { timeout: 120_000 }, () => {
  const uses = scriptUses();
  expect(uses.map(({ name }) => name)).toEqual(expect.arrayContaining(['Array.map', 'HTMLElement.focus', 'ResizeObserver', 'Intl.Segmenter']));
  expect(unexplained(uses, scripts)).toEqual([]);
});

it('style sheets use what the oldest browsers have', () => {
  const modules = import.meta.glob<Readonly<Record<string, unknown>>>(['../../src/**/*.css.ts', '../../src/styles/tokens.ts'], { eager: true });
  const texts = Object.entries(modules).flatMap(([file, module]) => Object.values(module).flatMap((text) => (typeof text === 'string' ? [[text, file.replace('../../', '')] as const] : [])));
  expect(texts.length).toBeGreaterThan(10);
  const uses = firstOf(texts.flatMap(([text, file]) => styleUses(text, file)));
  expect(uses.map(({ name }) => name)).toEqual(expect.arrayContaining([':host', 'color-mix()', '@container', 'cqh', 'display: grid']));
  expect(unexplained(uses, styles)).toEqual([]);
});

it('what is newer is found', () => {
  const css = '.a { color: light-dark(red, blue); field-sizing: content; width: 1rlh; &:hover { color: red; } } .b:state(x) { text-wrap: pretty; } @starting-style { .c { opacity: 0; } }';
  const found = unexplained(styleUses(css, 'a.css'), {});
  for (const name of ['light-dark()', 'field-sizing', ':state', 'text-wrap: pretty', '@starting-style']) expect(found.join('\n')).toContain(`${name} (a.css:1) is not in`);
  expect(unexplained(styleUses('@supports (color: light-dark(red, red)) { .a { color: light-dark(red, red); } }', 'a.css'), {})).toEqual([]);
  expect(unexplained(styleUses('.a { color: red; }', 'a.css'), { 'light-dark()': 'nothing' })).toEqual(['light-dark() is in the list, and need not be']);
});
