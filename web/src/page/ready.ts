/** Waits for the element's script. */
import { chatTags } from './chat';
import { scriptEvents } from './script-events';

export async function chatKitReady({ timeout = 10_000 }: { timeout?: number } = {}): Promise<CustomElementConstructor> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const message = `<${chatTags[0]}> was not there after ${timeout / 1000} s. ${why()}`;
      // The script that would have told it may be what is missing.
      scriptEvents(window)('chatkit-script-error', message);
      reject(new Error(message));
    }, timeout);
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
