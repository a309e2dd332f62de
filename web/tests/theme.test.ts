/** The theme option, as custom properties. */
import { describe, expect, it } from 'vitest';
import { themeCss } from '../src/shell/theme';

/** The hue that a pale OKLCH colour has for `hsl()`. */
function hslHue(lightness: number, chroma: number, hue: number): number {
  const [a, b] = [chroma * Math.cos((hue * Math.PI) / 180), chroma * Math.sin((hue * Math.PI) / 180)];
  const [l, m, s] = [[0.3963377774, 0.2158037573], [-0.1055613458, -0.0638541728], [-0.0894841775, -1.291485548]].map(([x = 0, y = 0]) => (lightness + x * a + y * b) ** 3) as [number, number, number];
  const [red, green, blue] = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s, -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s, -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((linear) => (linear > 0.0031308 ? 1.055 * linear ** (1 / 2.4) - 0.055 : 12.92 * linear)) as [number, number, number];
  const [most, range] = [Math.max(red, green, blue), Math.max(red, green, blue) - Math.min(red, green, blue)];
  const sector = most === red ? (green - blue) / range : most === green ? (blue - red) / range + 2 : (red - green) / range + 4;
  return (sector * 60 + 360) % 360;
}

const token = (css: string, name: string): string => new RegExp(`--chatkit-${name}: ([^;]+);`).exec(css)?.[1] ?? '';

describe('greys', () => {
  it.each(Array.from({ length: 25 }, (_, at) => at * 15))('have the hue %i as designers pick it, at every tint', (hue) => {
    for (let tint = 1; tint <= 9; tint += 1) {
      const css = themeCss({ color: { grayscale: { hue, tint: tint as 1 } } }, false);
      const shown = hslHue(0.5, Number(token(css, 'gray-chroma')), Number(token(css, 'gray-hue')));
      const away = Math.abs(((shown - hue + 540) % 360) - 180);
      expect(away).toBeLessThan(8);
    }
  });

  it('have more colour with more tint, and none without', () => {
    const chromas = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((tint) => Number(token(themeCss({ color: { grayscale: { hue: 220, tint: tint as 0 } } }, true), 'gray-chroma')));
    expect(chromas[0]).toBe(0);
    chromas.slice(1).forEach((chroma, at) => expect(chroma).toBeGreaterThan(chromas[at] ?? 1));
  });
});
