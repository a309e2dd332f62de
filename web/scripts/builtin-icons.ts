/**
 * Writes `src/icons/builtin.generated.ts`, the icons that the chat itself uses and those that prompts usually have, as path
 * data, and `more.generated.ts`, all others (a lazy chunk). Run after an update of
 * `lucide-static` or a change of the table below: `npm run icons`.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { lucideLicence, lucideShapes, type Shape } from './lucide';

/** ChatKit's icon name → Lucide's. Names that are the same in both stand in `same`. */
const renamed: Readonly<Record<string, string>> = {
  agent: 'bot', analytics: 'chart-no-axes-combined', batch: 'layers', bolt: 'zap', 'book-closed': 'book', chart: 'chart-column',
  'check-circle': 'circle-check', 'circle-question': 'circle-question-mark', confetti: 'party-popper', cube: 'box', desktop: 'monitor',
  document: 'file-text', 'dots-horizontal': 'ellipsis', 'dots-vertical': 'ellipsis-vertical', 'empty-circle': 'circle',
  keys: 'key-round', lab: 'flask-conical', lifesaver: 'life-buoy', maps: 'map', mobile: 'smartphone', name: 'signature',
  'notebook-pencil': 'notebook-pen', 'page-blank': 'file', profile: 'circle-user-round', 'profile-card': 'id-card', reload: 'rotate-cw',
  'sparkle-double': 'sparkles', 'square-image': 'image', 'square-text': 'square-menu', suitcase: 'briefcase',
  'settings-slider': 'sliders-horizontal', write: 'pencil', 'write-alt': 'square-pen', 'write-alt2': 'pen-line',
  'sidebar-left': 'panel-left', 'sidebar-right': 'panel-right', 'sidebar-open-left': 'panel-left-open', 'sidebar-open-right': 'panel-right-open',
  'sidebar-open-left-alt': 'panel-left-dashed', 'sidebar-open-right-alt': 'panel-right-dashed', 'sidebar-collapse-left': 'panel-left-close',
  'sidebar-collapse-right': 'panel-right-close', 'collapse-left': 'arrow-left-to-line', 'collapse-right': 'arrow-right-to-line',
  'open-left': 'arrow-left-from-line', 'open-right': 'arrow-right-from-line', 'double-chevron-left': 'chevrons-left',
  'double-chevron-right': 'chevrons-right', home: 'house', 'back-small': 'chevron-left', 'back-large': 'arrow-left', 'expand-large': 'maximize-2',
  'collapse-large': 'minimize-2', 'expand-small': 'maximize', 'collapse-small': 'minimize', 'chat-temporary': 'message-circle-dashed',
  'settings-cog': 'settings', grid: 'layout-grid', 'dots-horizontal-circle': 'circle-ellipsis', 'menu-inverted': 'text-align-end',
  hamburger: 'menu', compose: 'square-pen', 'light-mode': 'sun', 'dark-mode': 'moon', close: 'x',
  trash: 'trash-2', warning: 'triangle-alert', stop: 'square', error: 'circle-alert', tools: 'wrench',
};

const same = [
  'atom', 'book-open', 'bug', 'calendar', 'check', 'chevron-left', 'chevron-right', 'clock', 'compass', 'external-link', 'globe', 'images', 'info',
  'lightbulb', 'mail', 'map-pin', 'notebook', 'phone', 'play', 'plus', 'star', 'search', 'sparkle', 'square-code', 'user', 'history', 'menu', 'share',
  'arrow-up', 'arrow-down', 'chevron-up', 'chevron-down', 'copy', 'thumbs-up', 'thumbs-down', 'mic', 'paperclip', 'reply', 'download', 'lock',
];

/** Shapes Lucide does not have, drawn on its grid. */
const own: Readonly<Record<string, Shape>> = {
  'book-clock': 'M4 19.5v-15A2.5 2.5 0 0 1 6.5 2H20v7M4 19.5A2.5 2.5 0 0 1 6.500 17H9M4 19.5A2.5 2.5 0 0 0 6.5 22H9M12 17.500a5 5 0 1 0 10 0a5 5 0 1 0-10 0zM17 15v2.500l1.500 1',
  dot: ['', 'M8 12a4 4 0 1 0 8 0a4 4 0 1 0-8 0z'],
  'check-circle-filled': ['', 'M12 1.500a10.500 10.500 0 1 0 0 21a10.500 10.500 0 1 0 0-21zM10.800 16.700a1.200 1.200 0 0 1-1.700 0l-3.300-3.300a1.200 1.200 0 0 1 1.700-1.700l2.450 2.450l6.150-6.150a1.200 1.200 0 0 1 1.700 1.700z'],
  wreath: 'M8 3C4.500 5 3 8.500 3.500 12.500S7 20 11 21M16 3c3.500 2 5 5.500 4.500 9.500S17 20 13 21M3.500 9c1.700 0 3 .9 3.500 2.500M4 14c1.700-.4 3.300.2 4.200 1.600M6.500 18c1.400-.9 3.100-.8 4.300.2M6.500 5c1.300.6 2 1.800 1.900 3.300M20.500 9c-1.700 0-3 .9-3.500 2.500M20 14c-1.700-.4-3.300.2-4.200 1.600M17.500 18c-1.400-.9-3.100-.8-4.300.2M17.500 5c-1.300.6-2 1.800-1.900 3.300',
  'home-alt': 'M3 10.800L12 3l9 7.800V19.500a1.500 1.500 0 0 1-1.500 1.500h-15A1.500 1.500 0 0 1 3 19.500zM9 16.500h6',
  'dots-vertical-circle': 'M2 12a10 10 0 1 0 20 0a10 10 0 1 0-20 0zM12 8h.01M12 12h.01M12 16h.01',
  'sidebar-floating-left': 'M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM7 7h3v10H7z',
  'sidebar-floating-right': 'M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM14 7h3v10h-3z',
  'sidebar-floating-open-left': 'M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM7 7h3v10H7zM14.500 9.500L17 12l-2.500 2.500',
  'sidebar-floating-open-right': 'M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM14 7h3v10h-3zM9.500 9.500L7 12l2.500 2.500',
};

/** Outlines that also come filled. */
const filled: Readonly<Record<string, string>> = { 'star-filled': 'star', 'stop-filled': 'square' };

function shapes(): Map<string, Shape> {
  const lucide = lucideShapes();
  const find = (name: string): Shape => {
    const shape = lucide.get(name);
    if (shape === undefined) throw new Error(`lucide-static has no icon ${name} any more`);
    return shape;
  };
  const result = new Map<string, Shape>(Object.entries(own));
  for (const name of same) result.set(name, find(name));
  for (const [name, source] of Object.entries(renamed)) result.set(name, find(source));
  for (const [name, source] of Object.entries(filled)) {
    const outline = find(source);
    if (typeof outline !== 'string') throw new Error(`${source} is already filled`);
    result.set(name, [outline, outline]);
  }
  return new Map([...result].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What the chat itself uses at first, and what many prompts have: there at once. */
const AT_ONCE: ReadonlySet<string> = new Set([
  'arrow-down', 'arrow-up', 'back-small', 'check', 'check-circle-filled', 'chevron-down', 'chevron-left', 'chevron-right', 'chevron-up',
  'close', 'compose', 'copy', 'dot', 'error', 'globe', 'history', 'info', 'lightbulb', 'lock', 'paperclip', 'plus', 'reload',
  'reply', 'search', 'settings-slider', 'stop-filled', 'thumbs-down', 'thumbs-up', 'trash', 'warning', 'write',
  'menu',
]);

function write(file: string, source: string): void {
  writeFileSync(fileURLToPath(new URL(`../src/icons/${file}`, import.meta.url)), `// Written by scripts/builtin-icons.ts: do not edit.\n${lucideLicence()}\n${source}`);
}

function table(name: string, icons: [string, Shape][]): string {
  const lines = icons.map(([key, shape]) => `  ${JSON.stringify(key)}: ${JSON.stringify(shape)},`);
  return `export const ${name}: Readonly<Record<string, Shape>> = {\n${lines.join('\n')}\n};\n`;
}

const all = [...shapes()];
write('builtin.generated.ts', '/** A stroke path on a 24 × 24 grid, or a stroke path and a filled one. */\nexport type Shape = string | readonly [stroke: string, fill: string];\n\n' +
  table('BUILTIN', all.filter(([name]) => AT_ONCE.has(name))));
write('more.generated.ts', `import type { Shape } from './builtin.generated';\n\n${table('MORE', all.filter(([name]) => !AT_ONCE.has(name)))}`);
