/**
 * Pictures that are not simply loaded. The address alone can tell another host who reads what, so its picture waits for a press,
 * and from then on that host is let in. One of the own origin could do what the user may do, so it is fetched without saying
 * who asks, and shown as a `data:` address, which every policy with pictures allows.
 */
import { format, type Messages } from '../locales';
import { addStyles } from '../ui/late-styles';
import { imageOf, wordsOf, type Picture } from './pictures';
import { picturesCss } from './pictures.css';

addStyles(picturesCss);

const KEY = 'chatkit:image-hosts';
const MOST_HOSTS = 200;
const MOST_FETCHED = 50;
const LARGEST = 10_000_000;

/** The hosts that the user let in, on this page and before. */
const allowed = new Set<string>(kept());
/** Addresses that did not load: they are not tried again while their text grows. */
const failed = new Set<string>();
const fetched = new Map<string, Promise<string>>();

function kept(): string[] {
  try {
    const hosts: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(hosts) ? hosts.filter((host) => typeof host === 'string') : [];
  } catch {
    return [];
  }
}

function allow(host: string): void {
  allowed.add(host);
  try {
    localStorage.setItem(KEY, JSON.stringify([...allowed].slice(-MOST_HOSTS)));
  } catch {
    // No storage: hosts are let in as long as the page lives.
  }
}

/** Settles the pictures in `root` that have only words so far. */
export function settle(root: ParentNode, messages: Messages): void {
  for (const node of root.querySelectorAll<HTMLElement>('.ck-image-later')) {
    const { address = '', alt = '', title = '' } = node.dataset;
    const picture = { address, alt, title };
    const { origin, hostname } = new URL(address, document.baseURI);
    if (failed.has(address)) fail(node, picture, messages);
    else if (origin === location.origin) void fetchInto(node, picture, messages);
    else if (allowed.has(hostname)) node.replaceWith(loading(picture, messages));
    else if (!node.dataset['asked']) ask(node, picture, hostname, messages);
  }
}

function fail(node: HTMLElement, picture: Picture, messages: Messages): void {
  failed.add(picture.address);
  node.replaceWith(wordsOf(picture, 'link', messages, node.parentElement?.closest('a') !== null));
}

function loading(picture: Picture, messages: Messages): HTMLImageElement {
  const image = imageOf(picture);
  image.addEventListener('error', () => fail(image, picture, messages), { once: true });
  return image;
}

async function fetchInto(node: HTMLElement, picture: Picture, messages: Messages): Promise<void> {
  node.classList.remove('ck-image-later');
  try {
    node.replaceWith(imageOf({ ...picture, address: await read(picture.address) }));
  } catch {
    fail(node, picture, messages);
  }
}

function read(address: string): Promise<string> {
  const known = fetched.get(address) ?? readNow(address);
  fetched.set(address, known);
  if (fetched.size > MOST_FETCHED) fetched.delete(fetched.keys().next().value ?? '');
  return known;
}

/** Rejects for what is no picture, is too large or cannot be had; a redirect might lead to a host that was not let in. */
async function readNow(address: string): Promise<string> {
  const response = await fetch(address, { credentials: 'omit', referrerPolicy: 'no-referrer', redirect: 'error' });
  const content = await response.blob();
  if (!response.ok || !content.type.startsWith('image/') || content.size > LARGEST) throw new Error(`${address} is no picture`);
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(typeof reader.result === 'string' ? reader.result : '');
    reader.onerror = () => reject(reader.error ?? new Error(address));
    reader.readAsDataURL(content);
  });
}

/** Names the host on a button. A link has no button in it: there it stands behind the link. */
function ask(node: HTMLElement, picture: Picture, host: string, messages: Messages): void {
  const button = document.createElement('button');
  const words = document.createElement('span');
  const link = node.parentElement?.closest('a');
  button.type = 'button';
  button.className = 'ck-image-link ck-image-ask';
  button.dataset['host'] = host;
  words.className = 'ck-image-host';
  words.textContent = format(messages.widgets.loadPicture, { host });
  button.addEventListener('click', () => letIn(button, link ?? loading(picture, messages), host, messages));
  if (link) {
    node.dataset['asked'] = host;
    button.append(words);
    link.after(button);
  } else {
    button.classList.add('ck-image-later');
    Object.assign(button.dataset, picture, { asked: host });
    button.append(...node.childNodes, ' ', words);
    node.replaceWith(button);
  }
}

/** Shows all pictures of `host` in the chat. The focus goes from the button to what takes its place. */
function letIn(button: HTMLElement, heir: HTMLElement, host: string, messages: Messages): void {
  allow(host);
  const focused = button.matches(':focus');
  const root = button.getRootNode();
  if (heir instanceof HTMLImageElement) button.replaceWith(heir);
  if (root instanceof Element || root instanceof DocumentFragment || root instanceof Document) {
    settle(root, messages);
    for (const other of root.querySelectorAll<HTMLElement>('.ck-image-ask')) if (other.dataset['host'] === host) other.remove();
  }
  if (!focused) return;
  if (heir instanceof HTMLImageElement) heir.tabIndex = -1;
  heir.focus();
}
