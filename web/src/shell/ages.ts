/** Grouping by age, newest first. Pure. */
import { firstDayOfWeek } from '../ui/dates';

export interface AgeGroup<T> {
  readonly label: string;
  readonly entries: readonly T[];
}

export interface DayLabels {
  readonly today: string;
  readonly yesterday: string;
}

function dayNumber(date: Date): number {
  return Math.floor(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000);
}

/** The number of the first day of the date's week; `first` is 1 for Monday … 7 for Sunday. */
function weekStart(date: Date, first: number): number {
  return dayNumber(date) - ((date.getDay() - first + 7) % 7);
}

/**
 * The age in words: today, yesterday, this week, last week, else the month. Browsers do not know every language that there are
 * words for (Chromium about eleven not): there it is the month in digits, rather than words of another language.
 */
export function ageLabel(date: Date, now: Date, locale: string, labels: DayLabels): string {
  const age = dayNumber(now) - dayNumber(date);
  if (age <= 0) return labels.today;
  if (age === 1) return labels.yesterday;
  if (!isKnown(locale)) return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}`;
  const first = firstDayOfWeek(locale);
  const weeks = (weekStart(now, first) - weekStart(date, first)) / 7;
  if (weeks < 2) return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-weeks, 'week');
  const sameYear = date.getFullYear() === now.getFullYear();
  return new Intl.DateTimeFormat(locale, { month: 'long', ...(sameYear ? {} : { year: 'numeric' }) }).format(date);
}

/** By locale: every entry of the history asks. */
const known = new Map<string, boolean>();

function isKnown(locale: string): boolean {
  let answer = known.get(locale);
  if (answer === undefined) known.set(locale, (answer = hasWords(locale)));
  return answer;
}

/** Whether the browser has words for the language: of some it knows the name and speaks English. */
function hasWords(locale: string): boolean {
  if (/^en\b/i.test(locale)) return true;
  const week = (language: string): string => new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(0, 'week');
  return Intl.RelativeTimeFormat.supportedLocalesOf(locale).length > 0 && week(locale) !== week('en');
}

/** Groups entries that are in order by the age of `dateOf`; keeps their order. */
export function groupByAge<T>(entries: readonly T[], dateOf: (entry: T) => string, now: Date, locale: string, labels: DayLabels): AgeGroup<T>[] {
  const groups: { label: string; entries: T[] }[] = [];
  for (const entry of entries) {
    const label = ageLabel(new Date(dateOf(entry)), now, locale, labels);
    const last = groups.at(-1);
    if (last?.label === label) last.entries.push(entry);
    else groups.push({ label, entries: [entry] });
  }
  return groups;
}
