import { describe, expect, test } from 'vitest';
import { gzipSize, overweight, type BuiltFile } from '../../scripts/weight';

const noise = (length: number): string => Array.from({ length }, (_, at) => String.fromCharCode(33 + ((at * 7919 + at * at) % 90))).join('');
const file: BuiltFile = { code: noise(2000), modules: { 'src/small.ts': 20, 'src/large.ts': 1900 } };

describe('the weight of the first load', () => {
  test('is the gzip of all its files', () => {
    expect(gzipSize([file, file])).toBe(2 * gzipSize([file]));
  });

  test('may be as much as the budget', () => {
    expect(overweight([file], gzipSize([file]))).toBeNull();
  });

  test('beyond it names the largest modules first', () => {
    const problem = overweight([file], gzipSize([file]) - 1) ?? '';
    expect(problem).toContain('over the');
    expect(problem.indexOf('src/large.ts')).toBeLessThan(problem.indexOf('src/small.ts'));
    expect(problem).toContain('src/small.ts');
  });
});
