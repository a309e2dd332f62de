import { describe, expect, it } from 'vitest';
import { addDays, addMonths, clampDay, dayFormat, firstDayOfWeek, isoOf, monthWeeks, parseDay, weekday } from '../../src/ui/dates';

const day = (iso: string): NonNullable<ReturnType<typeof parseDay>> => {
  const parsed = parseDay(iso);
  if (!parsed) throw new Error(`${iso} is no day`);
  return parsed;
};

describe('days', () => {
  it('are read as they are written, whatever the zone', () => {
    expect(isoOf(day('2026-11-24T23:30:00-11:00'))).toBe('2026-11-24');
    expect(isoOf(day('0099-01-02'))).toBe('0099-01-02');
    expect([parseDay('2026-02-30'), parseDay('24.11.2026'), parseDay(5), parseDay('2026-1-1')]).toEqual([null, null, null, null]);
  });

  it('are counted across months, years and leap days', () => {
    expect(isoOf(addDays(day('2024-02-28'), 2))).toBe('2024-03-01');
    expect(isoOf(addDays(day('2026-01-01'), -1))).toBe('2025-12-31');
    expect(isoOf(addMonths(day('2026-01-31'), 1))).toBe('2026-02-28');
    expect(isoOf(addMonths(day('2026-01-15'), -13))).toBe('2024-12-15');
  });

  it('stay within their limits', () => {
    expect(isoOf(clampDay(day('2026-01-01'), day('2026-03-01'), null))).toBe('2026-03-01');
    expect(isoOf(clampDay(day('2027-01-01'), null, day('2026-03-01')))).toBe('2026-03-01');
  });
});

describe('months', () => {
  it('are whole weeks that contain each day once', () => {
    for (const first of [1, 6, 7]) {
      for (let month = 1; month <= 12; month += 1) {
        const weeks = monthWeeks({ year: 2026, month, day: 15 }, first);
        expect(weeks.every((week) => week.length === 7 && weekday(week[0] ?? day('2026-01-01')) === first)).toBe(true);
        expect(weeks.flat().filter((one) => one.month === month)).toHaveLength(new Date(2026, month, 0).getDate());
        expect(weeks.every((week) => week.some((one) => one.month === month))).toBe(true);
      }
    }
  });

  it('begin and are named as where the language is spoken', () => {
    expect([firstDayOfWeek('en-US'), firstDayOfWeek('de-CH'), firstDayOfWeek('not a locale')]).toEqual([7, 1, 1]);
    expect(dayFormat('de', { dateStyle: 'long' })(day('2026-11-24'))).toBe('24. November 2026');
    expect(dayFormat('ar-SA', { year: 'numeric', numberingSystem: 'latn' })(day('2026-11-24'))).toContain('2026');
  });
});
