/** Grouping by day, newest first. Pure. */
export interface DayGroup<T> {
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

/** The day in words: today, yesterday, the weekday within a week, else the date. */
export function dayLabel(date: Date, now: Date, locale: string, labels: DayLabels): string {
  const age = dayNumber(now) - dayNumber(date);
  if (age <= 0) return labels.today;
  if (age === 1) return labels.yesterday;
  if (age < 7) return new Intl.DateTimeFormat(locale, { weekday: 'long' }).format(date);
  const sameYear = date.getFullYear() === now.getFullYear();
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', ...(sameYear ? {} : { year: 'numeric' }) }).format(date);
}

/** Groups entries that are in order by the day of `dateOf`; keeps their order. */
export function groupByDay<T>(entries: readonly T[], dateOf: (entry: T) => string, now: Date, locale: string, labels: DayLabels): DayGroup<T>[] {
  const groups: { label: string; entries: T[] }[] = [];
  for (const entry of entries) {
    const label = dayLabel(new Date(dateOf(entry)), now, locale, labels);
    const last = groups.at(-1);
    if (last?.label === label) last.entries.push(entry);
    else groups.push({ label, entries: [entry] });
  }
  return groups;
}
