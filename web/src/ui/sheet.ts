import { withStates } from './states';

/** A constructable style sheet; shared by all instances, and allowed by `style-src 'self'`. */
export function sheet(css: string): CSSStyleSheet {
  const made = new CSSStyleSheet();
  made.replaceSync(withStates(css));
  return made;
}
