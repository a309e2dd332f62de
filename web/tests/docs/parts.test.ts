import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const src = join(import.meta.dirname, '../../src');
const patterns = [/\bpart="([\w-]+)"/g, /setAttribute\('part', '([\w-]+)'\)/g, /\bpart \?\? '([\w-]+)'/g, /\bpart: '([\w-]+)'/g, /\bpart=\{`([\w-]+)/g];

/** Every part name in the sources of the element. */
function partsInSource(): string[] {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file) && !/^(?:locales|page)\//.test(file));
  const found = files.flatMap((file) => {
    const code = readFileSync(join(src, file), 'utf8');
    return patterns.flatMap((pattern) => [...code.matchAll(pattern)].flatMap((match) => match[1] ?? []));
  });
  return [...new Set(found)].sort();
}

function partsInDocs(): string[] {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/element.md'), 'utf8');
  const paragraph = /^Parts: ([\s\S]*?)\n\n/m.exec(page)?.[1] ?? '';
  return [...paragraph.matchAll(/`([\w-]+)`/g)].flatMap((match) => match[1] ?? []).sort();
}

test('the documentation lists the parts that there are', () => {
  expect(partsInSource().length).toBeGreaterThan(60);
  expect(partsInDocs()).toEqual(partsInSource());
});
