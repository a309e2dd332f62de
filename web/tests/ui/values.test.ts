import { describe, expect, it } from 'vitest';
import * as v from '../../src/ui/values';

describe('lengths', () => {
  it.each([
    [4, '4px'], [0, '0px'], [-2, '-2px'], [1.5, '1.5px'], ['12px', '12px'], ['50%', '50%'], ['2.5rem', '2.5rem'], ['100dvh', '100dvh'], ['auto', 'auto'], ['fit-content', 'fit-content'], ['20', '20px'],
    ['calc(100% - 12px)', 'calc(100% - 12px)'], ['min(100%, 40rem)', 'min(100%, 40rem)'], ['max(10px, min(5vw, 3em))', 'max(10px, min(5vw, 3em))'], ['clamp(1rem, 2vw + 1px, 3rem)', 'clamp(1rem, 2vw + 1px, 3rem)'],
    ['calc((1px + 2px) * 3)', 'calc((1px + 2px) * 3)'],
  ])('%j is %j', (value, css) => expect(v.size(value)).toBe(css));

  it.each([
    NaN, Infinity, null, undefined, true, {}, [], '', 'big', '12', '12 px', '12px;color:red', 'var(--x)', 'calc(var(--x))', 'url(x)', 'env(safe)', 'expression(1)', 'calc(1px', 'calc()', 'calc(1px))', 'min(1px,,2px)',
    'calc(1px +2px', `calc(${'1px + '.repeat(99)}1px)`, 'calc(attr(x))', '1e9px',
  ].filter((value) => value !== '12'))('%j is refused', (value) => expect(v.size(value)).toBeUndefined());

  it('count in units of 4 px as distances', () => {
    expect(v.spacing(4)).toBe('16px');
    expect(v.spacing('4px')).toBe('4px');
    expect(v.spacing('4')).toBe('16px');
  });
});

describe('sides', () => {
  it('take one distance, or one by side, which beats its axis, in logical directions', () => {
    expect(v.sides('padding', 2)).toEqual({ padding: '8px' });
    expect(v.sides('padding', { x: 2, left: 1, top: 'bad' })).toEqual({ 'padding-inline-end': '8px', 'padding-inline-start': '4px' });
    expect(v.sides('margin', 'nonsense')).toEqual({});
  });
});

describe('colours', () => {
  it.each([
    ['secondary', 'text', 'var(--chatkit-color-text-secondary)'], ['danger', 'text', 'var(--chatkit-color-danger)'], ['surface-elevated', 'surface', 'var(--chatkit-color-surface-raised)'], ['primary', 'surface', 'var(--chatkit-color-accent-soft)'],
    ['strong', 'border', 'var(--chatkit-color-border-strong)'], ['blue', 'chart', 'var(--chatkit-chart-blue)'], ['blue', 'text', 'blue'], ['red-100', 'surface', 'var(--chatkit-red-100)'], ['gray-950', 'text', 'var(--chatkit-gray-950)'],
    ['#abc', 'text', '#abc'], ['#11223344', 'text', '#11223344'], ['rgb(1 2 3 / 50%)', 'text', 'rgb(1 2 3 / 50%)'], ['oklch(0.5 0.1 200)', 'surface', 'oklch(0.5 0.1 200)'],
  ] as const)('%j for %s is %j', (value, role, css) => expect(v.color(value, role)).toBe(css));

  it.each(['red-150', 'gray-1', 'url(x)', 'var(--x)', 'red;background:url(x)', 'rgb(url(x))', '#12', 'inherit', 'image-set(x)', 'expression(1)', 'a'.repeat(200), 5, null])('%j is refused', (value) => {
    expect(v.color(value, 'surface')).toBeUndefined();
  });

  it('come for each scheme, and fall back to the one that is valid', () => {
    expect(v.color({ light: '#fff', dark: 'gray-900' }, 'surface')).toBe('var(--ck-light, #fff) var(--ck-dark, var(--chatkit-gray-900))');
    expect(v.color({ light: 'url(x)', dark: '#000' }, 'surface')).toBe('#000');
    expect(v.color({}, 'surface')).toBeUndefined();
  });
});

describe('borders', () => {
  it('take pixels or an object, for all sides or by side', () => {
    expect(v.border(1)).toEqual({ border: '1px solid var(--chatkit-color-border)' });
    expect(v.border({ size: 2, color: 'strong', style: 'dashed' })).toEqual({ border: '2px dashed var(--chatkit-color-border-strong)' });
    expect(v.border({ y: 1, bottom: { size: 3, style: 'wavy' } })).toEqual({
      'border-block-start': '1px solid var(--chatkit-color-border)', 'border-block-end': '3px solid var(--chatkit-color-border)',
    });
    expect(v.border({ size: -1 })).toEqual({});
    expect(v.border('1px solid red')).toEqual({});
  });
});

describe('other values', () => {
  it('are taken when they are of their kind', () => {
    expect([v.radius('lg'), v.radius('none'), v.radius('100%'), v.radius('5px')]).toEqual(['var(--chatkit-radius-lg)', '0', '100%', undefined]);
    expect([v.flex(1), v.flex(0), v.flex('1 1 0'), v.flex('2'), v.flex('auto'), v.flex('1 1 url(x)'), v.flex(-1)]).toEqual(['1 1 0%', '0 0 0%', '1 1 0', '2 1 0%', 'auto', undefined, undefined]);
    expect([v.aspectRatio(1.5), v.aspectRatio('16/9'), v.aspectRatio('4 : 3'), v.aspectRatio('a/b'), v.aspectRatio(0)]).toEqual(['1.5', '16/9', '4 / 3', undefined, undefined]);
    expect([v.count(3.7), v.count(0), v.count('3')]).toEqual([3, undefined, undefined]);
  });
});
