/** Waits for the element's script. */
import { chatTags } from './chat';

export async function chatKitReady({ timeout = 10_000 }: { timeout?: number } = {}): Promise<CustomElementConstructor> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`<${chatTags[0]}> was not there after ${timeout / 1000} s. ${why()}`)), timeout);
  });
  try {
    return await Promise.race([customElements.whenDefined(chatTags[0]), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

function why(): string {
  const script = [...document.scripts].find(({ src }) => /\/chatkit(?:\.min)?\.js(?:\?|$)/.test(src));
  if (script === undefined) return 'No script on this page ends in /chatkit.js: add <script src="/chatkit.js" defer></script>.';
  return `The script ${script.src} is on the page but did not define it: look in the console and the network panel for what was blocked or not found.`;
}
