/** DatePicker: a button with the date, and a calendar (a lazy chunk) that opens at it. Its value is `YYYY-MM-DD`. */
import type { ComponentType, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../icons';
import { asAction } from './actions';
import { Spinner } from './Button';
import type { CalendarProps } from './Calendar';
import { dayFormat, isoOf, parseDay, type Day } from '../ui/dates';
import { controlClasses, useField } from './field';
import { useLabelling } from './labels';
import { usePopup, type Placement } from '../ui/popup';
import { useAction } from './scope';
import { useChoice } from './Select';
import type { WidgetNode } from './types';
import * as v from '../ui/values';

const SIDES = new Set(['top', 'bottom', 'left', 'right'] as const);
const ALIGN = new Set(['start', 'center', 'end'] as const);

let loaded: ComponentType<CalendarProps> | undefined;

/** The calendar once it is wanted and there. */
function useCalendar(wanted: boolean, failed: (error: unknown) => void): ComponentType<CalendarProps> | undefined {
  const [Calendar, setCalendar] = useState(() => loaded);
  useEffect(() => {
    if (!wanted || Calendar) return;
    let mounted = true;
    import('./Calendar').then((module) => {
      loaded = module.Calendar;
      if (mounted) setCalendar(() => module.Calendar);
    }, failed);
    return () => {
      mounted = false;
    };
  }, [wanted, Calendar]);
  return Calendar;
}

function placementOf(node: WidgetNode): Placement {
  return { side: v.oneOf(node['side'], SIDES) ?? 'bottom', align: v.oneOf(node['align'], ALIGN) ?? 'start', wide: false, maxHeight: 400 };
}

export function DatePicker({ node }: { node: WidgetNode }): JSX.Element {
  const name = v.text(node['name']);
  const proposed = parseDay(node['defaultValue']);
  const action = asAction(node['onChangeAction']);
  const { fire, busy } = useAction();
  const given = proposed && isoOf(proposed);
  const { value, current, choose } = useChoice(given);
  const [open, setOpen] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  const field = useField({ node, name, given }, { read: () => current.current, focus: () => trigger.current?.focus(), show: choose });
  const { host } = field.scope;
  const Calendar = useCalendar(open, (error) => host.log('widget.calendar_failed', { message: String(error) }));
  const messages = host.messages.widgets;
  const placeholder = v.text(node['placeholder']) || messages.chooseDate;
  const labelling = useLabelling(name, v.text(node['placeholder']));
  const popup = usePopup(open && Calendar !== undefined, placementOf(node), () => setOpen(false));
  const day = parseDay(value);
  const clearable = node['clearable'] === true && day !== null && node['disabled'] !== true;

  const close = (): void => {
    setOpen(false);
    trigger.current?.focus();
  };
  const change = (next: Day | null): void => {
    close();
    const iso = next && isoOf(next);
    if (iso === value) return;
    choose(iso);
    const restore = field.changed(iso);
    if (action) void fire(action, 'change', [name, iso], restore);
  };
  // Whoever tabs on has left the calendar; a window that goes to the background has not. It closes once the focus has
  // arrived: what goes while nothing has the focus would seem to have taken it along.
  const left = ({ currentTarget, relatedTarget }: FocusEvent & { currentTarget: HTMLElement }): void => {
    if (relatedTarget instanceof Node && !currentTarget.contains(relatedTarget)) setTimeout(() => setOpen(false));
  };
  const classes = ['w-select-frame w-date', node['block'] === true && 'w-block', clearable && 'w-clearable'].filter(Boolean).join(' ');
  const valueId = `${field.id}-value`;
  // A name has the words that are to be seen in it.
  const shown = day ? dayFormat(host.locale, { dateStyle: 'medium' })(day) : placeholder;
  const label = labelling['aria-labelledby'] ? { 'aria-labelledby': `${labelling['aria-labelledby']} ${valueId}` } : { 'aria-label': `${labelling['aria-label'] ?? ''}, ${shown}` };
  const rtl = trigger.current !== null && getComputedStyle(trigger.current).direction === 'rtl';
  return (
    <div class={classes} ref={popup.anchor as { current: HTMLDivElement | null }} onFocusOut={left}>
      <button {...label} ref={trigger} id={field.id} type="button" class={controlClasses(node, 'w-select')} aria-haspopup="dialog" aria-expanded={open}
        disabled={node['disabled'] === true} aria-disabled={busy || undefined} onClick={() => setOpen(!open && !busy)}>
        <Icon name="calendar" />
        <span class={day ? 'w-select-value' : 'w-select-value w-select-empty'} id={valueId}>{shown}</span>
        {busy && <Spinner />}
      </button>
      {clearable && !busy && (
        <button type="button" class="w-clear" aria-label={messages.clear} onClick={() => change(null)}><Icon name="close" /></button>
      )}
      {open && Calendar && (
        <div class="w-popup" popover="manual" ref={popup.layer}>
          <Calendar value={day} min={parseDay(node['min'])} max={parseDay(node['max'])} locale={host.locale} messages={host.messages} rtl={rtl} choose={change} close={close} />
        </div>
      )}
    </div>
  );
}
