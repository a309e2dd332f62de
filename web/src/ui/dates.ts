/** Calendar dates without time or zone, as `YYYY-MM-DD`. Pure. */

export interface Day {
  year: number;
  /** 1 to 12 */
  month: number;
  day: number;
}

/** A day as a moment in UTC, which has no daylight saving to fall into. */
function toUtc({ year, month, day }: Day): Date {
  const date = new Date(Date.UTC(2000, month - 1, day));
  date.setUTCFullYear(year, month - 1, day);
  return date;
}

function fromUtc(date: Date): Day {
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** The day an ISO date or date-time names, taken as it is written: midnight in Zürich does not become the day before. */
export function parseDay(value: unknown): Day | null {
  const match = typeof value === 'string' ? /^(\d{4})-(\d{2})-(\d{2})(?:$|[T ])/.exec(value.trim()) : null;
  if (!match) return null;
  const day = { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) };
  const real = fromUtc(toUtc(day));
  return real.month === day.month && real.day === day.day ? day : null;
}

export function isoOf(day: Day): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${String(day.year).padStart(4, '0')}-${two(day.month)}-${two(day.day)}`;
}

export function today(now = new Date()): Day {
  return { year: now.getFullYear(), month: now.getMonth() + 1, day: now.getDate() };
}

export function addDays(day: Day, days: number): Day {
  return fromUtc(toUtc({ ...day, day: day.day + days }));
}

/** The same day of another month, or that month's last one. */
export function addMonths(day: Day, months: number): Day {
  const first = fromUtc(toUtc({ year: day.year, month: day.month + months, day: 1 }));
  const length = fromUtc(toUtc({ ...first, month: first.month + 1, day: 0 })).day;
  return { ...first, day: Math.min(day.day, length) };
}

export function sameDay(a: Day | null, b: Day | null): boolean {
  return a !== null && b !== null && isoOf(a) === isoOf(b);
}

/** 1 Monday … 7 Sunday. */
export function weekday(day: Day): number {
  return toUtc(day).getUTCDay() || 7;
}

/** `day` within `least` and `most`, where given. */
export function clampDay(day: Day, least: Day | null, most: Day | null): Day {
  const iso = isoOf(day);
  if (least && iso < isoOf(least)) return least;
  return most && iso > isoOf(most) ? most : day;
}

export function isAllowed(day: Day, least: Day | null, most: Day | null): boolean {
  return sameDay(clampDay(day, least, most), day);
}

/** The weeks a month touches, each of seven days from `firstDay` on (1 Monday … 7 Sunday). */
export function monthWeeks(month: Day, firstDay: number): Day[][] {
  const first = { ...month, day: 1 };
  const start = addDays(first, -((weekday(first) - firstDay + 7) % 7));
  const weeks: Day[][] = [];
  for (let week = 0; week < 6; week += 1) {
    const days = Array.from({ length: 7 }, (_, index) => addDays(start, week * 7 + index));
    if (week > 0 && days[0]?.month !== month.month && days.every((day) => day.month !== month.month)) break;
    weeks.push(days);
  }
  return weeks;
}

interface WeekLocale extends Intl.Locale {
  getWeekInfo?(): { firstDay: number };
  weekInfo?: { firstDay: number };
}

/** The first day of the week where `locale` is spoken; Monday when the browser does not say. */
export function firstDayOfWeek(locale: string): number {
  try {
    const known = new Intl.Locale(locale) as WeekLocale;
    return (known.getWeekInfo?.() ?? known.weekInfo)?.firstDay ?? 1;
  } catch {
    return 1;
  }
}

/** Formats days; always in the Gregorian calendar, in which the wire's dates are. */
export function dayFormat(locale: string, options: Intl.DateTimeFormatOptions): (day: Day) => string {
  const formatter = new Intl.DateTimeFormat(locale, { ...options, calendar: 'gregory', timeZone: 'UTC' });
  return (day) => formatter.format(toUtc(day));
}
