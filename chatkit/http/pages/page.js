/**
 * The page around the element: branding, light and dark, and the thread that a reload comes back to.
 *
 * No inline script or style and no markup from strings: the page runs under a strict Content-Security-Policy with
 * Trusted Types, and sends requests to its own server only.
 */

const SCHEME_KEY = 'chatkit.scheme';
const THREAD_KEY = `chatkit.thread:${location.pathname}`;

const byId = (id) => document.getElementById(id);
const chat = byId('chat');
const systemScheme = matchMedia('(prefers-color-scheme: dark)');

/** Storage may be forbidden; then nothing is remembered. */
const memory = {
  get(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, value);
    } catch {
      // The page works without.
    }
  },
};

/** The thread that the address names (`#thread=…`); null for a new one. */
function addressedThread() {
  return new URLSearchParams(location.hash.slice(1)).get('thread');
}

function addressOf(threadId) {
  const hash = threadId === null ? '' : `#${new URLSearchParams({ thread: threadId })}`;
  return location.pathname + location.search + hash;
}

/** The page begins with the thread of the address, else with the one that was open last. */
function addressFirstThread() {
  history.replaceState(null, '', addressOf(addressedThread() ?? memory.get(THREAD_KEY)));
}

/** Each thread that is shown is a step in the browser's history, unless Back or Forward led there. */
function rememberThread(threadId) {
  memory.set(THREAD_KEY, threadId);
  if (threadId !== addressedThread()) history.pushState(null, '', addressOf(threadId));
}

/** The tab's title: the thread's, with a mark when an answer has ended while nobody could see it. */
const tab = {
  name: '',
  thread: null,
  unseen: false,
  show(changed) {
    Object.assign(tab, changed);
    document.title = `${tab.unseen ? '● ' : ''}${tab.thread || tab.name}`;
  },
};

function followTitle() {
  chat.addEventListener('chatkit.thread.title', ({ detail }) => tab.show({ thread: detail.title }));
  chat.addEventListener('chatkit.response.end', () => tab.show({ unseen: document.hidden }));
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) tab.show({ unseen: false });
  });
}

/** Everything is loaded before it is printed, where the page is asked in time: by the keyboard. */
function printWhole() {
  addEventListener('keydown', (event) => {
    if (event.key.toLowerCase() !== 'p' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    // What cannot be loaded is missing on paper, and no more.
    chat.preparePrint().catch((error) => console.error(error)).then(() => print());
  });
}

/** Back, Forward and addresses typed by hand. Where the focus is nowhere, Escape is for the chat. */
function followAddress() {
  addEventListener('popstate', () => chat.openThread(addressedThread()));
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && event.target === document.body && !event.defaultPrevented) chat.stopResponse();
  });
}

/** What is shown: the user's choice, else the operator's, else the system's. */
function currentScheme(config) {
  const chosen = memory.get(SCHEME_KEY);
  if (chosen === 'light' || chosen === 'dark') return chosen;
  if (chosen !== 'system' && config.colorScheme !== 'system') return config.colorScheme;
  return systemScheme.matches ? 'dark' : 'light';
}

function showTrouble(title, text, command) {
  chat.hidden = true;
  byId('trouble-title').textContent = title;
  byId('trouble-text').textContent = text;
  const line = byId('trouble-command');
  line.hidden = !command;
  line.firstElementChild.textContent = command ?? '';
  byId('trouble').hidden = false;
}

function showBrand({ name, tagline, logoUrl, faviconUrl }) {
  tab.show({ name });
  byId('name').textContent = name;
  byId('tagline').textContent = tagline ?? '';
  byId('tagline').hidden = !tagline;
  if (faviconUrl) byId('favicon').href = faviconUrl;
  if (logoUrl) {
    const logo = byId('logo');
    logo.addEventListener('load', () => {
      logo.hidden = false;
      byId('mark').hidden = true;
    });
    logo.src = logoUrl;
  }
}

/** Client tools that any server behind this page may call. */
function clientTools(config) {
  return {
    set_theme({ theme }) {
      if (!['light', 'dark', 'system'].includes(theme)) {
        return { ok: false, error: 'theme must be "light", "dark" or "system"' };
      }
      memory.set(SCHEME_KEY, theme);
      showOptions(config);
      return { ok: true, theme };
    },
  };
}

/** Gives the element its options anew, in the colours of now. */
function showOptions(config) {
  chat.setOptions(elementOptions(config, applyScheme(config)));
  // Where the element ends between two pixels, the page shows beside it: in the colour that the theme gave it.
  document.documentElement.style.setProperty('--surface', getComputedStyle(chat).backgroundColor);
}

function elementOptions(config, scheme) {
  const tools = clientTools(config);
  const { primaryColor } = config.branding;
  const color = primaryColor ? { accent: { primary: primaryColor, level: 2 } } : {};
  return {
    ...config.options,
    api: { url: new URL(config.endpoint, document.baseURI).href, domainKey: 'self-hosted', transport: config.transport },
    frameTitle: config.branding.name,
    theme: { color, ...config.theme, ...config.options.theme, colorScheme: scheme },
    initialThread: addressedThread(),
    onClientTool: ({ name, params }) =>
      tools[name]?.(params) ?? { ok: false, error: `This page has no tool named ${name}.` },
  };
}

function applyScheme(config) {
  const scheme = currentScheme(config);
  document.documentElement.dataset.scheme = scheme;
  const button = byId('scheme');
  button.hidden = false;
  button.setAttribute('aria-label', scheme === 'dark' ? 'Use light colours' : 'Use dark colours');
  button.title = button.getAttribute('aria-label');
  for (const meta of document.querySelectorAll('meta[name="theme-color"]')) {
    meta.content = scheme === 'dark' ? '#1a1a1b' : '#ffffff';
  }
  return scheme;
}

/** Resolves when the element's script has defined it; rejects when it cannot be loaded. */
function elementDefined() {
  return new Promise((resolve, reject) => {
    customElements.whenDefined('openai-chatkit').then(resolve);
    const script = byId('element-script');
    script.addEventListener('error', () => reject(new Error('missing')));
    // The script only imports the element's main module: that one can be missing too.
    setTimeout(() => reject(new Error('slow')), 20_000);
  });
}

/** With a keyboard at hand one can type at once; on a touch screen the keyboard would cover the page unasked. */
function focusWhereTypingIsEasy() {
  if (matchMedia('(pointer: fine)').matches) chat.focus();
}

/** The page is in the language that the chat speaks. */
function followLanguage() {
  const root = chat.shadowRoot.querySelector('[part=root]');
  const follow = () => {
    document.documentElement.lang = root.lang;
  };
  new MutationObserver(follow).observe(root, { attributeFilter: ['lang'] });
  follow();
}

/** What is typed while nothing has the focus is for the message field. It waits until there is one. */
function keepWhatIsTyped() {
  let typed = '';
  document.addEventListener('keydown', (event) => {
    if (document.activeElement !== document.body || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === 'Backspace') typed = typed.slice(0, -1);
    if (event.key.length !== 1) return;
    event.preventDefault();
    typed += event.key;
    chat.focus();
  });
  chat.addEventListener('focusin', (event) => {
    if (typed === '' || !event.composedPath()[0].matches('[part=composer-input]')) return;
    // As if it were typed now: the field hears of it, and can undo it.
    document.execCommand('insertText', false, typed);
    typed = '';
  });
}

async function loadConfig() {
  const answer = await fetch('api/config', { headers: { accept: 'application/json' } });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
}

async function elementProblem() {
  const answer = await fetch('chatkit/chatkit.js', { method: 'GET' }).catch(() => null);
  if (answer === null) return ['The server cannot be reached', 'Check that it runs, then try again.'];
  if (answer.ok) return ['The chat did not start', 'Its script was loaded but did not run. The browser’s console says why.'];
  return [
    'The chat interface is not built',
    'This installation lacks the element’s files. Installed packages bring them; from a source tree, build them once:',
    'python scripts/hatch_build.py',
  ];
}

async function start() {
  const defined = elementDefined();
  defined.catch(() => undefined);
  let config;
  try {
    config = await loadConfig();
  } catch {
    document.documentElement.dataset.scheme = systemScheme.matches ? 'dark' : 'light';
    showTrouble('The server cannot be reached', 'Check your connection and that the server runs, then try again.');
    return;
  }
  showBrand(config.branding);
  applyScheme(config);
  try {
    await defined;
  } catch {
    showTrouble(...(await elementProblem()));
    return;
  }

  const refresh = () => showOptions(config);
  addressFirstThread();
  followTitle();
  followAddress();
  printWhole();
  chat.addEventListener('chatkit.thread.change', (event) => rememberThread(event.detail.threadId));
  chat.addEventListener('chatkit.ready', focusWhereTypingIsEasy, { once: true });
  chat.addEventListener('chatkit.ready', followLanguage, { once: true });
  refresh();
  systemScheme.addEventListener('change', refresh);
  byId('scheme').addEventListener('click', () => {
    const next = currentScheme(config) === 'dark' ? 'light' : 'dark';
    memory.set(SCHEME_KEY, next === (systemScheme.matches ? 'dark' : 'light') && config.colorScheme === 'system' ? null : next);
    refresh();
  });
}

keepWhatIsTyped();
byId('trouble-again').addEventListener('click', () => location.reload());
start();
