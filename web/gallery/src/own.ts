/** What a page draws itself, registered as any page would: `registerWidget` in docs/element.md. */
import type { CustomWidget, CustomWidgetHost, CustomWidgetProps, FieldsOf, OwnField } from '../../src/core/own-renderers';
import type { ToolCallItem } from '../../src/core/protocol.generated';
import type { OpenAIChatKitElement } from '../../src/element';

export async function registerOwn(): Promise<void> {
  await customElements.whenDefined('openai-chatkit');
  const chat = customElements.get('openai-chatkit') as typeof OpenAIChatKitElement;
  chat.registerWidget('SeatMap', seatMap);
  chat.registerWidget('Stars', { fields: starFields, render: stars });
  chat.registerWidget('Fold', { fields: { title: { type: 'string', required: true } }, render: fold });
  chat.registerToolCall('get_tides', tides);
}

/** What the server sends of a cabin; `letters` has a space for the aisle. */
interface Cabin {
  first: number;
  rows: number;
  letters: string;
  taken: readonly string[];
  chosen: string | null;
}

function cabinOf(props: CustomWidgetProps): Cabin {
  const { first, rows, letters, taken, chosen } = props;
  return {
    first: typeof first === 'number' ? first : 1,
    rows: typeof rows === 'number' ? Math.min(60, Math.max(0, rows)) : 0,
    letters: typeof letters === 'string' ? letters : '',
    taken: Array.isArray(taken) ? taken.map(String) : [],
    chosen: typeof chosen === 'string' ? chosen : null,
  };
}

/** Seats to choose one from. Its colours are the chat's: custom properties reach into it. */
function seatMap(props: CustomWidgetProps, host: CustomWidgetHost): CustomWidget {
  const element = document.createElement('div');
  const root = element.attachShadow({ mode: 'open' });
  root.adoptedStyleSheets = [style];
  let cabin = cabinOf(props);
  const draw = (): void => root.replaceChildren(plan(cabin, (seat) => {
    cabin = { ...cabin, chosen: seat };
    draw();
    root.querySelector<HTMLElement>(`[data-seat="${seat}"]`)?.focus();
    void host.runAction({ type: 'seat.choose', payload: { seat }, loadingBehavior: 'none', streaming: false });
  }));
  draw();
  return {
    element,
    update: (next) => {
      cabin = cabinOf(next);
      draw();
    },
  };
}

function plan(cabin: Cabin, choose: (seat: string) => void): HTMLElement {
  const grid = make('div', 'plan');
  grid.setAttribute('role', 'group');
  grid.setAttribute('aria-label', 'Seats');
  grid.style.setProperty('--columns', String(cabin.letters.length));
  for (let row = cabin.first; row < cabin.first + cabin.rows; row += 1) {
    for (const letter of cabin.letters) grid.append(letter === ' ' ? aisle(row) : place(cabin, `${row}${letter}`, letter, choose));
  }
  return grid;
}

function aisle(row: number): HTMLElement {
  const number = make('span', 'row');
  number.textContent = String(row);
  return number;
}

function place({ taken, chosen }: Cabin, seat: string, letter: string, choose: (seat: string) => void): HTMLElement {
  const button = make('button', 'seat');
  button.type = 'button';
  button.textContent = letter;
  button.dataset.seat = seat;
  button.disabled = taken.includes(seat);
  button.setAttribute('aria-label', `Seat ${seat}`);
  button.setAttribute('aria-pressed', String(seat === chosen));
  button.onclick = () => choose(seat);
  return button;
}

const starFields = { name: { type: 'string', default: 'stars' }, value: { type: 'integer', minimum: 1, maximum: 5 } } as const;
type StarProps = FieldsOf<typeof starFields>;

/** A field of the form around: some of five stars. */
function stars(props: StarProps, host: CustomWidgetHost): CustomWidget<StarProps> {
  const element = make('div', 'stars');
  const root = element.attachShadow({ mode: 'open' });
  root.adoptedStyleSheets = [starStyle];
  const group = make('div', 'row');
  group.setAttribute('role', 'radiogroup');
  group.setAttribute('aria-label', 'Stars');
  const buttons = Array.from({ length: 5 }, (_, at) => {
    const button = make('button', 'star');
    button.type = 'button';
    button.textContent = '★';
    button.setAttribute('role', 'radio');
    button.setAttribute('aria-label', `${at + 1} of 5`);
    button.onclick = () => {
      field.set(at + 1);
      show(at + 1);
    };
    return button;
  });
  const show = (value: unknown): void => buttons.forEach((button, at) => {
    button.setAttribute('aria-checked', String(at + 1 === value));
    button.classList.toggle('lit', at < Number(value));
  });
  group.append(...buttons);
  root.append(group);
  const bind = ({ name, value }: StarProps): OwnField => host.field(name, { value: value ?? null, show, focus: () => buttons[0]?.focus() });
  const field = bind(props);
  return { element, update: (next) => void bind(next) };
}

/** Components of the chat's own, folded away. */
function fold({ title }: { title: string }, host: CustomWidgetHost): CustomWidget<{ readonly title: string }> {
  const element = document.createElement('details');
  const summary = document.createElement('summary');
  summary.textContent = title;
  const inside = make('div', 'inside');
  element.open = true;
  summary.style.cssText = 'font: 500 var(--chatkit-text-sm) / 1.4 var(--chatkit-font-body); cursor: pointer';
  inside.style.marginBlockStart = '8px';
  element.append(summary, inside);
  host.renderChildren(inside);
  return { element, update: (next) => void (summary.textContent = next.title) };
}

/** How a call of the server's tool is shown: what came of it, as a line. */
function tides(call: ToolCallItem): HTMLElement | null {
  const heights = call.output;
  if (!Array.isArray(heights)) return null;
  const element = make('div', 'tides');
  const root = element.attachShadow({ mode: 'open' });
  root.adoptedStyleSheets = [tideStyle];
  const bars = make('div', 'bars');
  bars.setAttribute('role', 'img');
  bars.setAttribute('aria-label', `Tides: ${heights.join(', ')} m`);
  bars.append(...heights.map((height) => {
    const bar = make('i', 'bar');
    bar.style.setProperty('--height', String(height));
    return bar;
  }));
  const title = make('b', 'title');
  title.textContent = 'Tides in Lisbon';
  root.append(title, bars);
  return element;
}

function make<K extends keyof HTMLElementTagNameMap>(tag: K, name: string): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  node.className = name;
  return node;
}

const style = new CSSStyleSheet();
style.replaceSync(`
.plan { display: grid; grid-template-columns: repeat(var(--columns), minmax(24px, 40px)); justify-content: center; gap: 4px; direction: ltr; }
.seat { height: 36px; padding: 0; border: 1px solid var(--chatkit-color-border-strong); border-radius: 10px 10px 6px 6px; background: var(--chatkit-color-surface); color: var(--chatkit-color-text); font: 500 var(--chatkit-text-sm) / 1 var(--chatkit-font-body); cursor: pointer; }
.seat:hover { background: var(--chatkit-color-hover); }
.seat:focus-visible { outline: 2px solid var(--chatkit-color-focus); outline-offset: 2px; }
.seat[aria-pressed=true] { border-color: transparent; background: var(--chatkit-color-accent); color: var(--chatkit-color-accent-text); }
.seat:disabled { border-color: transparent; background: var(--chatkit-color-surface-tertiary); color: var(--chatkit-color-text-tertiary); cursor: default; }
.row { align-self: center; color: var(--chatkit-color-text-secondary); font: var(--chatkit-text-xs) / 1 var(--chatkit-font-body); text-align: center; font-variant-numeric: tabular-nums; }
`);

const starStyle = new CSSStyleSheet();
starStyle.replaceSync(`
.row { display: flex; gap: 2px; }
.star { width: 36px; height: 36px; padding: 0; border: 0; border-radius: 10px; background: none; color: var(--chatkit-color-text-tertiary); font: 22px / 1 sans-serif; cursor: pointer; }
.star:hover { background: var(--chatkit-color-hover); }
.star.lit { color: var(--chatkit-color-warning); }
.star:focus-visible { outline: 2px solid var(--chatkit-color-focus); outline-offset: -2px; }
`);

const tideStyle = new CSSStyleSheet();
tideStyle.replaceSync(`
:host { display: block; max-width: 360px; padding: 14px 16px; border: 1px solid var(--chatkit-color-border); border-radius: 16px; background: var(--chatkit-color-surface-elevated); font: var(--chatkit-text-sm) / 1.4 var(--chatkit-font-body); }
.title { font-weight: 600; }
.bars { display: flex; align-items: end; gap: 4px; height: 56px; margin-top: 10px; direction: ltr; }
.bar { flex: 1; height: calc(var(--height) * 14px); border-radius: 4px; background: var(--chatkit-color-accent); }
`);
