/** What can be mentioned or run for what is being typed: asks the page, keeps the answers in order, does what is chosen. */
import type { Command, Entity } from '@openai/chatkit';
import { batch, effect, signal } from '@preact/signals';
import { asError } from '../core/errors';
import { format } from '../locales';
import type { Shell } from '../state/context';
import { tagOf, type Trigger } from './content';
import type { Editing } from './editing';

export interface Suggestion {
  readonly id: string;
  readonly title: string;
  readonly description?: string | undefined;
  readonly icon?: string | undefined;
  readonly group?: string | undefined;
  /** Does it; the trigger is still in the field. */
  readonly choose: (trigger: Trigger) => void;
}

/** `loading` keeps what was found before. */
export interface Found {
  readonly status: 'loading' | 'ready' | 'failed';
  readonly suggestions: readonly Suggestion[];
}

const pause = 120;

export class Suggesting {
  readonly found = signal<Found | null>(null);
  readonly active = signal(0);
  /** Menus that were opened by commands, the current one last. */
  readonly #menus = signal<readonly (readonly Command[])[]>([]);
  #asked = 0;

  constructor(private readonly shell: Shell, private readonly editing: Editing) {}

  get nested(): boolean {
    return this.#menus.value.length > 0;
  }

  /** Follows the field until the returned function is called. */
  start(): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = effect(() => {
      const trigger = this.editing.trigger.value;
      const menu = this.#menus.value.at(-1);
      clearTimeout(timer);
      this.#asked += 1;
      if (trigger === null) {
        batch(() => {
          this.found.value = null;
          if (menu !== undefined) this.#menus.value = [];
        });
        return;
      }
      if (menu !== undefined) {
        this.#show(matching(menu, trigger.query).map((command) => this.#command(command)));
        return;
      }
      const before = this.found.peek();
      this.found.value = { status: 'loading', suggestions: before?.suggestions ?? [] };
      timer = setTimeout(() => void this.#ask(trigger, this.#asked), before === null ? 0 : pause);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }

  choose(at = this.active.peek()): void {
    const trigger = this.editing.trigger.peek();
    if (trigger !== null) this.found.peek()?.suggestions[at]?.choose(trigger);
  }

  move(by: number): void {
    const count = this.found.peek()?.suggestions.length ?? 0;
    if (count > 0) this.active.value = (this.active.peek() + by + count) % count;
  }

  /** One menu back, or closed. */
  back(): void {
    if (this.#menus.peek().length > 0) this.#menus.value = this.#menus.peek().slice(0, -1);
    else this.editing.dismiss();
  }

  close(): void {
    this.editing.dismiss();
  }

  async #ask(trigger: Trigger, number: number): Promise<void> {
    try {
      const suggestions = trigger.kind === '@' ? await this.#entities(trigger.query) : await this.#commands(trigger.query);
      if (number !== this.#asked) return;
      // Words that nobody is called are not a mention that is being typed.
      if (suggestions.length === 0 && /\s/.test(trigger.query)) this.editing.dismiss();
      else this.#show(suggestions);
    } catch (error) {
      if (number !== this.#asked) return;
      this.found.value = { status: 'failed', suggestions: [] };
      this.shell.chat.error(asError(error));
    }
  }

  #show(suggestions: readonly Suggestion[]): void {
    const at = this.active.peek();
    const chosen = at === 0 ? undefined : this.found.peek()?.suggestions[at]?.id;
    const list = grouped(suggestions);
    batch(() => {
      this.found.value = { status: 'ready', suggestions: list };
      // What somebody has gone to stays, if it is still there: the list may come while keys are pressed.
      this.active.value = chosen === undefined ? 0 : Math.max(0, list.findIndex(({ id }) => id === chosen));
    });
  }

  async #entities(query: string): Promise<Suggestion[]> {
    const entities = (await this.shell.options.peek()?.entities.onTagSearch?.(query)) ?? [];
    return entities.map((entity) => ({ id: entity.id, title: entity.title, icon: entity.icon, group: entity.group, choose: (trigger) => this.#insert(entity, trigger) }));
  }

  async #commands(query: string): Promise<Suggestion[]> {
    const commands = (await this.shell.options.peek()?.commands?.onSearch?.(query)) ?? [];
    return [...commands.map((command) => this.#command(command)), ...this.#builtin(query)];
  }

  #command(command: Command): Suggestion {
    const { id, label: title, description, icon, group } = command;
    return { id, title, description, icon, group, choose: (trigger) => void this.#run(command, trigger) };
  }

  /** What the composer itself can do. */
  #builtin(query: string): Suggestion[] {
    const { composer: model, options, messages } = this.shell;
    const { tools = [], attachments } = options.peek()?.composer ?? {};
    const words = messages.peek().composer;
    const attach = { id: 'chatkit:attach', label: words.attach, icon: 'paperclip', run: () => model.pickFiles?.() };
    const all = [
      ...(attachments?.enabled === true ? [attach] : []),
      ...tools.map(({ id, label, icon }) => ({ id: `chatkit:tool:${id}`, label, icon, run: () => model.selectTool(id) })),
    ];
    return matching(all, query).map(({ id, label, icon, run }) => ({
      id, title: label, icon, group: words.tools,
      choose: (trigger) => {
        this.editing.insert([], trigger);
        run();
      },
    }));
  }

  #insert(entity: Entity, trigger: Trigger): void {
    this.editing.insert([tagOf(entity), { type: 'input_text', text: ' ' }], trigger);
  }

  async #run(command: Command, trigger: Trigger): Promise<void> {
    const asked = this.#asked;
    this.found.value = { status: 'loading', suggestions: this.found.peek()?.suggestions ?? [] };
    try {
      const selection = await this.shell.options.peek()?.commands?.onSelect?.(command);
      // Typing on, or leaving, took the choice back.
      if (asked !== this.#asked) return;
      if (selection?.type === 'entity') this.#insert(selection.entity, trigger);
      else if (selection?.type === 'menu') {
        this.#menus.value = [...this.#menus.peek(), selection.commands];
        // What was searched for is not what the next menu is searched for.
        this.editing.insert([], { start: trigger.start + 1, end: trigger.end });
      } else this.editing.insert([], trigger);
    } catch (error) {
      this.editing.dismiss();
      this.shell.composer.problem.value = format(this.shell.messages.peek().tool.failed, { name: command.label });
      this.shell.chat.error(asError(error));
    }
  }
}

function matching<T extends { label: string }>(all: readonly T[], query: string): T[] {
  const wanted = query.toLocaleLowerCase();
  return all.filter(({ label }) => label.toLocaleLowerCase().includes(wanted));
}

/** Those of a group together, groups in the order in which they come, those without one first. */
export function grouped(suggestions: readonly Suggestion[]): Suggestion[] {
  const groups = new Map<string, Suggestion[]>([['', []]]);
  for (const suggestion of suggestions) {
    const group = suggestion.group ?? '';
    groups.set(group, [...(groups.get(group) ?? []), suggestion]);
  }
  return [...groups.values()].flat();
}
