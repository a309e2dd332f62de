import { describe, expect, it } from 'vitest';
import { placeBeside, type Placement } from '../../src/ui/popup';

const view = { width: 400, height: 600 };
const below: Placement = { side: 'bottom', align: 'start', wide: true, maxHeight: 300 };
const anchor = (left: number, top: number): { left: number; top: number; right: number; bottom: number } => ({ left, top, right: left + 100, bottom: top + 40 });

describe('a layer', () => {
  it('opens below its anchor', () => {
    expect(placeBeside(anchor(50, 100), { width: 200, height: 200 }, view, below)).toEqual({ left: 50, top: 144, maxHeight: 300 });
  });

  it('opens above when there is more room', () => {
    const place = placeBeside(anchor(50, 500), { width: 200, height: 200 }, view, below);
    expect(place.top + 200).toBe(496);
  });

  it('is cut to the room there is', () => {
    expect(placeBeside(anchor(0, 280), { width: 100, height: 900 }, view, { ...below, maxHeight: 900 }).maxHeight).toBe(268);
  });

  it('stays in view, and begins at the other end in right-to-left text', () => {
    expect(placeBeside(anchor(350, 100), { width: 200, height: 100 }, view, below).left).toBe(192);
    expect(placeBeside(anchor(250, 100), { width: 200, height: 100 }, view, below, true).left).toBe(150);
    expect(placeBeside(anchor(10, 100), { width: 100, height: 100 }, view, { ...below, side: 'left' }).left).toBe(114);
  });
});
