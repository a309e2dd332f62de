/** A widget component of the page's own, registered as any page would: `registerWidget` in docs/element.md. */
import type { CustomWidget, CustomWidgetHost, CustomWidgetProps, CustomWidgetRenderer } from '../../src/core/custom-widgets';

type ChatClass = CustomElementConstructor & { registerWidget(type: string, renderer: CustomWidgetRenderer): void };

export async function registerOwn(): Promise<void> {
  await customElements.whenDefined('openai-chatkit');
  (customElements.get('openai-chatkit') as ChatClass).registerWidget('SeatMap', seatMap);
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
