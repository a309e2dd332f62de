import type { ChatKitOptions, OpenAIChatKit, ChatKitEvents, EventHandler } from '@openai/chatkit';
import { computed, effect, signal } from '@preact/signals';
import { render } from 'preact';
import { Chat, type ClientTool, type Emit, type OwnEvents } from './core/chat';
import { forAllElements, OwnRenderers, type CustomWidgetDefinition, type CustomWidgetRenderer, type FieldSchemas, type ItemRenderer, type ToolCallRenderer } from './core/own-renderers';
import { Drafts } from './core/drafts';
import { ChatKitError } from './core/errors';
import { readOptions, type Attributes, type Options } from './core/options';
import type { ThreadItem } from './core/protocol.generated';
import { directionOf, resolveLocale, rulesOf, wordsOf } from './locales/supported';
import { detailTypes, type DetailType } from './shell/details-lazy';
import { Announcer } from './state/announcer';
import { App } from './shell/app';
import { parts } from './composer/lazy';
import { ComposerModel } from './state/composer-model';
import { ShellProvider, type Shell } from './state/context';
import { mayLoadImage, pictureRule } from './state/images';
import { noSlots, watchSlots } from './state/slots';
import { contentOf } from './shell/start';
import { Store } from './state/store';
import { whenIdle } from './shell/idle';
import type * as Later from './shell/later';
import { loadFonts, themeCss } from './shell/theme';
import { styleSheets } from './styles';
import { adoptLate } from './ui/late-styles';
import { setState } from './ui/states';

const observed = ['url', 'thread-id', 'placeholder', 'theme', 'locale'] as const;

/** How long the page may take to configure the element before it says that nobody did. */
const patience = 1500;

const systemDark = matchMedia('(prefers-color-scheme: dark)');

type Params<K extends keyof OpenAIChatKit> = OpenAIChatKit[K] extends (...args: infer A) => unknown ? A : never;

/**
 * The chat element. Its interface is that of `@openai/chatkit`; its behaviour is described in the documentation of the
 * project.
 *
 * `ready` fires once, two frames after the first options have been rendered: React attaches its listeners after that call.
 * What there is to tell before that, as of the thread it begins with, waits and comes right after.
 */
export class OpenAIChatKitElement extends HTMLElement implements OpenAIChatKit {
  /**
   * Shows components of a type of the page's own in widgets, by a function that makes an element of their fields. Built-in
   * types stay what they are.
   */
  static registerWidget<S extends FieldSchemas>(type: string, renderer: CustomWidgetRenderer | CustomWidgetDefinition<S>): void {
    forAllElements.register('Widget', type, renderer);
  }

  /** Shows items of a thread that are no messages; where the renderer gives null, as the chat does. */
  static registerItem<T extends DetailType>(type: T, renderer: ItemRenderer<Extract<ThreadItem, { type: T }>>): void {
    forAllElements.register('Item', drawable(type), renderer);
  }

  /** Shows the calls of one of the server's tools; where the renderer gives null, as the chat does. */
  static registerToolCall(name: string, renderer: ToolCallRenderer): void {
    forAllElements.register('ToolCall', name, renderer);
  }

  static readonly observedAttributes: readonly string[] = observed;

  readonly #options = signal<Options | null>(null);
  readonly #unconfigured = signal(false);
  readonly #systemDark = signal(systemDark.matches);
  readonly #historyOpen = signal(false);
  readonly #slots = signal(noSlots);
  readonly #themeSheet = new CSSStyleSheet();
  readonly #internals = this.attachInternals();
  readonly #renderers = new OwnRenderers(forAllElements);
  readonly #chat: Chat;
  readonly #shell: Shell;
  readonly #root: ShadowRoot;
  /** What `setOptions` was given last; attributes are merged anew when they change. */
  #given: unknown = undefined;
  #ready = false;
  /** Events from before `ready`; null from then on. */
  #held: CustomEvent[] | null = [];
  #connected = false;
  #cleanup: (() => void)[] = [];

  constructor() {
    super();
    this.#root = this.attachShadow({ mode: 'open' });
    this.#root.adoptedStyleSheets = [...styleSheets, this.#themeSheet];
    this.#chat = new Chat({ emit: this.#emit, scriptUrl: import.meta.url, baseUrl: () => document.baseURI, locale: () => this.#shell.wanted.peek() });
    this.#shell = this.#makeShell();
    this.#chat.onRestart = () => this.#shell.composer.restart();
    this.#chat.onCreate = (threadId) => this.#shell.composer.rename(threadId);
  }

  connectedCallback(): void {
    // Moved in the page: nothing ended, nothing to begin.
    if (this.#cleanup.length > 0) {
      this.#connected = true;
      return;
    }
    this.#connected = true;
    this.#chat.reopen();
    const onSystem = (): void => void (this.#systemDark.value = systemDark.matches);
    const onVisible = (): void => {
      if (document.visibilityState === 'visible') this.#refresh();
    };
    systemDark.addEventListener('change', onSystem);
    document.addEventListener('visibilitychange', onVisible);
    this.#cleanup = [
      effect(() => this.#applyTheme()),
      effect(() => adoptLate(this.#root)),
      this.#beginLater(),
      watchSlots(this, (slots) => (this.#slots.value = slots)),
      () => systemDark.removeEventListener('change', onSystem),
      () => document.removeEventListener('visibilitychange', onVisible),
    ];
    if (this.#options.peek() === null) this.#configureFromAttributes();
    render(<ShellProvider value={this.#shell}><App /></ShellProvider>, this.#root);
    this.#announceReady();
    this.#expectOptions();
  }

  disconnectedCallback(): void {
    this.#connected = false;
    // Moving the element in the page disconnects and connects it in one go: that must not end an answer.
    queueMicrotask(() => {
      if (this.#connected) return;
      this.#chat.close();
      for (const undo of this.#cleanup) undo();
      this.#cleanup = [];
      render(null, this.#root);
    });
  }

  attributeChangedCallback(): void {
    if (this.#given !== undefined) this.setOptions(this.#given as ChatKitOptions);
    else if (this.#connected) this.#configureFromAttributes();
  }

  // --- methods of the published interface ------------------------------------------------------------------------------

  setOptions(options: ChatKitOptions): void {
    const read = readOptions(options, this.#attributes(), (name, data) => this.#chat.log(name, data));
    this.#given = options;
    this.#configure(read);
  }

  async focusComposer(): Promise<void> {
    this.#chat.assertIdle('focusComposer');
    this.#historyOpen.value = false;
    this.#shell.composer.focus();
    await Promise.resolve();
  }

  /** Gives the focus to the message field; as soon as there is one, while the element still draws itself or loads a thread. */
  override focus(): void {
    this.#shell.composer.focus();
  }

  async setThreadId(threadId: string | null): Promise<void> {
    if (threadId !== null && typeof threadId !== 'string') throw new Error('setThreadId takes a thread id or null.');
    this.#chat.assertIdle('setThreadId');
    await this.#open(threadId);
  }

  /** Shows a thread, or a new one for null, as the history does: what answers goes on in the background. */
  async openThread(threadId: string | null): Promise<void> {
    if (threadId !== null && typeof threadId !== 'string') throw new Error('openThread takes a thread id or null.');
    this.#chat.assertConfigured('openThread');
    await this.#open(threadId);
  }

  /** Stops the answer of the thread on show, if there is one and the server lets it be stopped. */
  stopResponse(): void {
    this.#chat.current.stop();
  }

  /**
   * Loads all of the thread on show and draws it, so that it can be printed whole; then call `print()`. What is loaded already is
   * printed without it.
   */
  async preparePrint(): Promise<void> {
    await (await later()).prepare(this.#root, this.#shell);
  }

  async sendCustomAction(action: { type: string; payload?: Record<string, unknown> }, itemId?: string): Promise<void> {
    if (typeof action.type !== 'string' || action.type === '') throw new Error('sendCustomAction takes an action with a "type".');
    this.#chat.assertIdle('sendCustomAction');
    await this.#chat.current.action(action.payload === undefined ? { type: action.type } : { type: action.type, payload: action.payload }, itemId ?? null);
  }

  async sendUserMessage(params: Params<'sendUserMessage'>[0]): Promise<void> {
    this.#chat.assertIdle('sendUserMessage');
    const content = contentOf(params.content ?? params.text ?? '');
    const attachments = params.attachments ?? [];
    if (attachments.length === 0 && content.every((part) => part.type === 'input_text' && part.text.trim() === '')) {
      throw new Error('sendUserMessage takes "text", "content" or "attachments"; all were empty.');
    }
    if (params.newThread === true) await this.#open(null);
    await this.#chat.send({ content, quotedText: params.reply, attachments, toolId: params.toolChoice?.id, model: params.model });
  }

  async setComposerValue(params: Params<'setComposerValue'>[0]): Promise<void> {
    this.#chat.assertConfigured('setComposerValue');
    const { files = [], text, content = text, ...value } = params;
    if (files.length > 0 && this.#options.peek()?.composer.attachments?.enabled !== true) {
      throw new ChatKitError('setComposerValue: "files" needs the option composer.attachments: { enabled: true }.', { code: 'options' });
    }
    this.#shell.composer.set({ ...value, content: content === undefined ? undefined : contentOf(content) });
    if (files.length > 0) (await parts.load()).uploadsOf(this.#shell).add(files);
    await Promise.resolve();
  }

  /**
   * Has `handler` run the client tool of that name, before `onClientTool` is asked; `setOptions` leaves it in place. What is
   * returned takes it back. An older guides' spelling.
   */
  registerClientTool(name: string, handler: ClientTool): () => void {
    if (typeof name !== 'string' || name === '' || typeof handler !== 'function') throw new Error('registerClientTool takes the name of a client tool and a function.');
    return this.#chat.registerClientTool(name, handler);
  }

  async showHistory(): Promise<void> {
    if (this.#options.peek()?.history.enabled === false) throw new ChatKitError('The history is turned off by the option history.enabled.', { code: 'options' });
    this.#shell.showHistory();
    await Promise.resolve();
  }

  async hideHistory(): Promise<void> {
    this.#shell.hideHistory();
    await Promise.resolve();
  }

  async fetchUpdates(): Promise<void> {
    await this.#chat.current.refresh();
    if (this.#historyOpen.peek()) await this.#chat.threads?.reload();
  }

  /** For this element, before what is registered for all. */
  registerWidget<S extends FieldSchemas>(type: string, renderer: CustomWidgetRenderer | CustomWidgetDefinition<S>): void {
    this.#renderers.register('Widget', type, renderer);
  }

  registerItem<T extends DetailType>(type: T, renderer: ItemRenderer<Extract<ThreadItem, { type: T }>>): void {
    this.#renderers.register('Item', drawable(type), renderer);
  }

  registerToolCall(name: string, renderer: ToolCallRenderer): void {
    this.#renderers.register('ToolCall', name, renderer);
  }

  override addEventListener<K extends keyof ChatKitEvents>(type: K, listener: EventHandler<K>, options?: boolean | AddEventListenerOptions): void;
  override addEventListener<K extends keyof OwnEvents>(type: K, listener: (event: OwnEvents[K]) => unknown, options?: boolean | AddEventListenerOptions): void;
  override addEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void;
  override addEventListener(type: string, listener: unknown, options?: boolean | AddEventListenerOptions): void {
    super.addEventListener(type, listener as EventListenerOrEventListenerObject, options);
  }

  override removeEventListener<K extends keyof ChatKitEvents>(type: K, listener: EventHandler<K>, options?: boolean | EventListenerOptions): void;
  override removeEventListener<K extends keyof OwnEvents>(type: K, listener: (event: OwnEvents[K]) => unknown, options?: boolean | EventListenerOptions): void;
  override removeEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | EventListenerOptions): void;
  override removeEventListener(type: string, listener: unknown, options?: boolean | EventListenerOptions): void {
    super.removeEventListener(type, listener as EventListenerOrEventListenerObject, options);
  }

  // --- configuration ---------------------------------------------------------------------------------------------------

  #attributes(): Attributes {
    const attributes: Attributes = {};
    for (const name of observed) {
      const value = this.getAttribute(name);
      if (value !== null && value !== '') attributes[name] = value;
    }
    return attributes;
  }

  /** Without `setOptions`, a `url` attribute is enough. */
  #configureFromAttributes(): void {
    const attributes = this.#attributes();
    if (attributes.url === undefined) return;
    try {
      this.#configure(readOptions({}, attributes, (name, data) => this.#chat.log(name, data)));
    } catch (error) {
      this.#chat.error(error as Error);
      this.#release();
    }
  }

  #configure(options: Options): void {
    const first = this.#options.peek() === null;
    this.#options.value = options;
    this.#unconfigured.value = false;
    loadFonts(options.theme.typography?.fontSources ?? [], ({ family, src }) => this.#chat.log('font.unavailable', { family, src }));
    this.#chat.configure(options);
    if (first && options.initialThread == null) this.#shell.composer.switchTo(null);
    this.#announceReady();
  }

  #announceReady(): void {
    if (this.#ready || !this.#connected || this.#options.peek() === null) return;
    this.#ready = true;
    void twoFrames().then(() => {
      this.#held?.unshift(toldOf('chatkit.ready'));
      this.#release();
      this.#held = null;
    });
  }

  #expectOptions(): void {
    setTimeout(() => {
      if (this.#options.peek() !== null || !this.#connected) return;
      this.#unconfigured.value = true;
      this.#chat.error(new ChatKitError(this.#shell.messages.peek().failure.missing, { code: 'options' }));
      this.#release();
    }, patience);
  }

  /** Once there is time: what no first screen needs. */
  #beginLater(): () => void {
    let end: () => void = whenIdle(() => {
      void later().then(({ begin }) => {
        if (end !== ended) end = begin(this, this.#root, this.#shell, this.#emit);
      });
    });
    const ended = (): void => undefined;
    return () => {
      end();
      end = ended;
    };
  }

  #applyTheme(): void {
    const theme = this.#options.value?.theme ?? {};
    const dark = this.#shell.colorScheme.value === 'dark';
    this.#themeSheet.replaceSync(themeCss(theme, dark));
    setState(this, this.#internals, 'dark', dark);
    setState(this, this.#internals, 'rtl', this.#shell.direction.value === 'rtl');
  }

  // --- parts -----------------------------------------------------------------------------------------------------------

  readonly #emit: Emit = (name, ...detail) => {
    const event = toldOf(name, detail[0]);
    if (this.#held === null) this.dispatchEvent(event);
    else this.#held.push(event);
    if (name === 'chatkit.thread.change') {
      const { threadId } = detail[0] as { threadId: string | null };
      if (threadId !== this.#shell.composer.threadId) this.#shell.composer.switchTo(threadId);
    }
  };

  /** Tells what was held back, and what comes of telling it, in its order. */
  #release(): void {
    for (let event = this.#held?.shift(); event !== undefined; event = this.#held?.shift()) this.dispatchEvent(event);
  }

  async #open(threadId: string | null): Promise<void> {
    this.#shell.hideHistory();
    await this.#chat.open(threadId);
  }

  #refresh(): void {
    this.#chat.current.refresh().catch((error: unknown) => this.#chat.log('refresh.failed', { message: String(error) }));
  }

  #makeShell(): Shell {
    const options = this.#options;
    const chat = this.#chat;
    const wanted = computed(() => resolveLocale(options.value?.locale));
    // Not before it is known: a page that sets another language would have the browser's fetched in vain.
    const known = computed(() => options.value === null && !this.#unconfigured.value ? null : wanted.value);
    const words = wordsOf(known, (error) => this.#chat.log('locale.unavailable', { locale: wanted.peek(), message: String(error) }));
    const historyOpen = this.#historyOpen;
    const announcer = new Announcer();
    const store = new Store(chat, announcer);
    return {
      chat,
      store,
      options,
      wanted,
      direction: computed(() => directionOf(wanted.value)),
      locale: computed(() => rulesOf(wanted.value, words.value.language)),
      language: computed(() => words.value.language),
      messages: computed(() => words.value.messages),
      worded: computed(() => words.value.settled),
      colorScheme: computed(() => {
        const wanted = store.printing.value ? 'light' : (options.value?.theme.colorScheme ?? 'light');
        return wanted === 'system' ? (this.#systemDark.value ? 'dark' : 'light') : wanted;
      }),
      composer: new ComposerModel(chat, new Drafts(() => endpointOf(options.peek())), options, (toolId) => this.#emit('chatkit.tool.change', { toolId })),
      announcer,
      historyOpen,
      unconfigured: this.#unconfigured,
      showHistory: () => {
        if (historyOpen.peek()) return;
        historyOpen.value = true;
        this.#emit('chatkit.history.open');
      },
      hideHistory: () => {
        if (!historyOpen.peek()) return;
        historyOpen.value = false;
        this.#emit('chatkit.history.close');
      },
      openThread: (threadId) => {
        void chat.open(threadId).then(() => {
          if (threadId === null) this.#shell.composer.focus();
        });
      },
      allowImage: (url) => mayLoadImage(url, store.thread.peek()?.allowed_image_domains),
      pictureRule: (url) => pictureRule(url, store.thread.peek()?.allowed_image_domains),
      deepLink: (name, data) => this.#emit('chatkit.deeplink', { name, data }),
      renderers: this.#renderers,
      slots: this.#slots,
      messageAction: (name, itemId) => this.#emit('chatkit.message.action', { name, itemId }),
    };
  }
}

function drawable(type: string): string {
  if (type !== '' && !detailTypes.has(type)) throw new Error(`registerItem takes one of ${[...detailTypes].join(', ')}.`);
  return type;
}

const later = (): Promise<typeof Later> => import('./shell/later');

function toldOf(name: string, detail?: unknown): CustomEvent {
  return new CustomEvent(name, { bubbles: true, composed: true, detail });
}

function endpointOf(options: Options | null): string {
  return options !== null && 'url' in options.api ? options.api.url : '';
}

/** Two animation frames, or as long as they would take where a hidden tab gets none. */
function twoFrames(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
    setTimeout(resolve, 100);
  });
}
