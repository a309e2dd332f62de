/** The month a DatePicker opens, after the ARIA date grid pattern: one day is in the tab order, arrows move. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Icon } from '../icons';
import type { Messages } from '../locales';
import { addDays, addMonths, clampDay, dayFormat, firstDayOfWeek, isAllowed, isoOf, monthWeeks, sameDay, today, weekday, type Day } from '../ui/dates';

export interface CalendarProps {
  value: Day | null;
  min: Day | null;
  max: Day | null;
  locale: string;
  messages: Messages;
  rtl: boolean;
  choose: (day: Day) => void;
  close: () => void;
}

function useFormats(locale: string): Record<'title' | 'day' | 'full' | 'short' | 'narrow' | 'long', (day: Day) => string> {
  return useMemo(() => ({
    narrow: dayFormat(locale, { weekday: 'narrow' }),
    title: dayFormat(locale, { month: 'long', year: 'numeric' }),
    day: dayFormat(locale, { day: 'numeric' }),
    full: dayFormat(locale, { dateStyle: 'full' }),
    short: dayFormat(locale, { weekday: 'short' }),
    long: dayFormat(locale, { weekday: 'long' }),
  }), [locale]);
}

export function Calendar({ value, min, max, locale, messages, rtl, choose, close }: CalendarProps): JSX.Element {
  const formats = useFormats(locale);
  const firstDay = useMemo(() => firstDayOfWeek(locale), [locale]);
  const now = today();
  const [focused, setFocused] = useState(() => clampDay(value ?? now, min, max));
  const grid = useRef<HTMLTableElement>(null);
  const takesFocus = useRef(true);
  const focus = (): void => {
    if (takesFocus.current) grid.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus({ preventScroll: true });
  };
  // At once when an arrow moved, so that the next key finds the right day …
  useLayoutEffect(focus, [isoOf(focused)]);
  // … and once the layer is shown: what is not shown takes no focus.
  useEffect(() => {
    focus();
    takesFocus.current = true;
  }, [isoOf(focused)]);

  const moves: Readonly<Record<string, () => Day>> = {
    ArrowRight: () => addDays(focused, rtl ? -1 : 1),
    ArrowLeft: () => addDays(focused, rtl ? 1 : -1),
    ArrowDown: () => addDays(focused, 7),
    ArrowUp: () => addDays(focused, -7),
    PageDown: () => addMonths(focused, 1),
    PageUp: () => addMonths(focused, -1),
    Home: () => addDays(focused, -((weekday(focused) - firstDay + 7) % 7)),
    End: () => addDays(focused, 6 - ((weekday(focused) - firstDay + 7) % 7)),
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      close();
      return;
    }
    const move = grid.current?.contains(event.target as Node) ? moves[event.key] : undefined;
    if (!move) return;
    event.preventDefault();
    const target = event.shiftKey && event.key.startsWith('Page') ? addMonths(focused, event.key === 'PageDown' ? 12 : -12) : move();
    setFocused(clampDay(target, min, max));
  };
  const turn = (months: number): void => {
    takesFocus.current = false;
    setFocused(clampDay(addMonths(focused, months), min, max));
  };
  const weeks = monthWeeks(focused, firstDay);
  const first = { ...focused, day: 1 };
  // Seven columns have room for four letters; where weekdays have longer short names, their narrow ones stand.
  const weekdayName = weeks[0]?.every((day) => formats.short(day).length <= 4) ? formats.short : formats.narrow;
  const { calendar, previousMonth, nextMonth } = messages.widgets;
  const canTurn = (months: number): boolean => (months < 0 ? isAllowed(addDays(first, -1), min, null) : isAllowed(addMonths(first, 1), null, max));

  return (
    <div class="w-calendar" role="dialog" aria-label={calendar} onKeyDown={onKeyDown}>
      <div class="w-calendar-head">
        <button type="button" class="w-calendar-move" aria-label={previousMonth} disabled={!canTurn(-1)} onClick={() => turn(-1)}><Icon name="chevron-left" /></button>
        <span class="w-calendar-title" aria-live="polite">{formats.title(focused)}</span>
        <button type="button" class="w-calendar-move" aria-label={nextMonth} disabled={!canTurn(1)} onClick={() => turn(1)}><Icon name="chevron-right" /></button>
      </div>
      <table role="grid" aria-label={formats.title(focused)} ref={grid}>
        <thead><tr>{weeks[0]?.map((day) => <th key={isoOf(day)} scope="col" abbr={formats.long(day)}>{weekdayName(day)}</th>)}</tr></thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={isoOf(week[0] ?? focused)}>
              {week.map((day) => {
                const allowed = isAllowed(day, min, max);
                const names = ['w-day', day.month !== focused.month && 'w-day-outside', sameDay(day, now) && 'w-day-today'].filter(Boolean).join(' ');
                return (
                  <td key={isoOf(day)} role="gridcell" aria-selected={sameDay(day, value)}>
                    <button type="button" class={names} tabIndex={sameDay(day, focused) ? 0 : -1} aria-label={formats.full(day)} aria-disabled={allowed ? undefined : true}
                      aria-current={sameDay(day, now) ? 'date' : undefined} onClick={() => { if (allowed) choose(day); }}>
                      {formats.day(day)}
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
