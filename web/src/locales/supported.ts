/** Which language is wanted, and its words as soon as they are here. */
import { effect, signal, type ReadonlySignal } from '@preact/signals';
import { en, type Messages } from './index';

/** A locale that `Intl` takes: the wanted one, else the browser's, else English. */
export function resolveLocale(wanted: string | undefined): string {
  for (const locale of [wanted, navigator.language]) {
    if (locale === undefined || locale === '') continue;
    try {
      // As other systems write it: pt_BR.
      const [canonical] = Intl.getCanonicalLocales(locale.replaceAll('_', '-'));
      if (canonical !== undefined) return canonical;
    } catch {
      // Not a language tag: the next one.
    }
  }
  return 'en';
}

/**
 * Whose numbers, dates and plurals go with words in `language`: those of the wanted locale where it is the same language in
 * the same script, else the language's own. Words of another language would be counted by rules they do not have.
 */
export function rulesOf(wanted: string, language: string): string {
  const [one, other] = [wanted, language].map((each) => new Intl.Locale(each).maximize());
  return one?.language === other?.language && one?.script === other?.script ? wanted : language;
}

/** The words on the screen and the language tag they are in. */
export interface Words {
  readonly language: string;
  readonly messages: Messages;
}

/** What is shown. Not `settled`, the wanted words may come any moment: what is drawn now would be drawn anew. */
export interface ShownWords extends Words {
  readonly settled: boolean;
}

const english: Words = { language: 'en', messages: en };

/** The longest that the first drawing waits for its words. */
const PATIENCE_MS = 1000;

/**
 * The words of `locale`, which is null while it is not known. Those shown stay (English at first) until the wanted ones are
 * loaded; where there are none, or they cannot be loaded, it is English.
 */
export function wordsOf(locale: ReadonlySignal<string | null>, failed: (error: unknown) => void): ReadonlySignal<ShownWords> {
  const words = signal<ShownWords>({ ...english, settled: false });
  const show = (loaded: Words): void => {
    words.value = { ...loaded, settled: true };
  };
  effect(() => {
    const wanted = locale.value;
    if (wanted === null) return undefined;
    if (isEnglish(wanted)) {
      show(english);
      return undefined;
    }
    const late = setTimeout(() => show(words.peek()), PATIENCE_MS);
    const end = (loaded: Words): void => {
      clearTimeout(late);
      if (locale.peek() === wanted) show(loaded);
    };
    import('./load').then(({ load }) => load(wanted)).then((loaded) => end(loaded ?? english), (error: unknown) => {
      end(english);
      failed(error);
    });
    return () => clearTimeout(late);
  });
  return words;
}

function isEnglish(locale: string): boolean {
  return /^en\b/.test(locale);
}

/** Of the languages there are words for, so that the page does not turn round when they come. */
export function directionOf(locale: string): 'ltr' | 'rtl' {
  return /^(ar|ur)\b/.test(locale) ? 'rtl' : 'ltr';
}
