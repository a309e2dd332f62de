/**
 * `chatkit.js`, the script of a page: a classic or a module script that loads the element's modules from beside itself, all at
 * once, and tells on `window` what became of them.
 */
import { scriptEvents } from './script-events';

/** Put in by the build: the main module and all that it imports at once, relative to the script. */
declare const CHATKIT_MODULES: readonly string[];

const script = document.currentScript;
const address = (path: string): string => (script instanceof HTMLScriptElement && script.src !== '' ? new URL(path, script.src).href : path);
const tell = scriptEvents(window);

Promise.all(CHATKIT_MODULES.map(async (path) => {
  try {
    await import(/* @vite-ignore */ address(path));
  } catch (error) {
    console.error(`ChatKit could not load ${path} beside chatkit.js:`, error);
    throw error;
  }
})).then(
  () => tell('chatkit-script-loaded'),
  (error: unknown) => tell('chatkit-script-error', `ChatKit could not load its modules beside chatkit.js: ${error instanceof Error ? error.message : String(error)}`),
);
