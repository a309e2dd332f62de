import { expect, it } from 'vitest';
import { lacking } from './compat';
import { stylesUses } from './styles';

const sheets = import.meta.glob<Record<string, unknown>>(['../../src/**/*.css.ts', '../../src/styles/tokens.ts'], { eager: true });
it('survey', () => {
  const all = Object.entries(sheets).flatMap(([file, module]) => Object.values(module).filter((each) => typeof each === 'string').flatMap((text) => stylesUses(text, file)));
  console.log(all.length);
  console.log([...new Set(all.filter((use) => use.feature === undefined && !use.name.startsWith('--')).map((use) => use.name))].join(' | '));
  console.log('LACKING');
  console.log(all.map((use) => [use.name, use.at, lacking(use.feature)] as const).filter(([, , lack]) => lack.length).map((x) => x.join('  ')).join('\n'));
  expect(1).toBe(1);
}, 60000);
