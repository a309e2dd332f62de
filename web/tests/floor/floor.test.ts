import { expect, it } from 'vitest';
import { lacking } from './compat';
import { uses } from './scripts';

it('survey', () => {
  const t = performance.now();
  const all = uses();
  console.log(all.length, performance.now() - t);
  console.log(all.filter((use) => use.feature === undefined).map((use) => use.name + ' ' + use.at).join('\n'));
  console.log('LACKING');
  console.log(all.map((use) => [use.name, use.at, lacking(use.feature)] as const).filter(([, , lack]) => lack.length).map((x) => x.join('  ')).join('\n'));
  expect(1).toBe(1);
}, 60000);
