/** Pictures in Markdown: one that may load is an image; others are their words, of which some become pictures later. */
import { createIcon } from '../icons/svg';
import type { Messages } from '../locales';
import { isWebAddress } from './links';

/** What becomes of an address: it is loaded, looked at when its block is complete (late-pictures.ts), or stays a link. */
export type PictureRule = 'load' | 'later' | 'link';

export interface Picture {
  address: string;
  alt: string;
  title: string;
}

/** The picture itself. */
export function imageOf({ address, alt, title }: Picture): HTMLImageElement {
  const node = document.createElement('img');
  node.loading = 'lazy';
  node.decoding = 'async';
  node.referrerPolicy = 'no-referrer';
  node.alt = alt;
  if (title) node.title = title;
  node.src = address;
  return node;
}

/** Its words, as a link that may be followed; as words alone where it is part of a link, or may yet become something else. */
export function wordsOf(picture: Picture, rule: PictureRule, messages: Messages, linked: boolean): HTMLElement {
  const { address, alt, title } = picture;
  const node = document.createElement(rule === 'link' && isWebAddress(address) && !linked ? 'a' : 'span');
  node.className = 'ck-image-link';
  if (node instanceof HTMLAnchorElement) {
    node.href = address;
    node.target = '_blank';
    node.rel = 'noopener noreferrer';
  }
  if (rule === 'later') {
    node.classList.add('ck-image-later');
    Object.assign(node.dataset, picture);
  }
  node.append(createIcon('square-image'), document.createTextNode(alt || title || messages.widgets.image));
  return node;
}

/** Finds out what the pictures in a complete block become. */
export function drawPictures(root: Element, messages: Messages): void {
  if (root.querySelector('.ck-image-later')) void import('./late-pictures').then(({ settle }) => settle(root, messages), () => undefined);
}
