/** Locales there are words for. Others are for `Intl` only and speak English. */
import { en, type Messages } from './index';

/** A locale that `Intl` takes: the wanted one, else the browser's, else English. */
export function resolveLocale(wanted: string | undefined): string {
  for (const locale of [wanted, navigator.language]) {
    if (locale === undefined || locale === '') continue;
    try {
      const [canonical] = Intl.getCanonicalLocales(locale);
      if (canonical !== undefined) return canonical;
    } catch {
      // Not a language tag: the next one.
    }
  }
  return 'en';
}

export function messagesFor(_locale: string): Messages {
  return en;
}

const rightToLeft = new Set(['ar', 'fa', 'he', 'ur']);

export function directionOf(locale: string): 'ltr' | 'rtl' {
  return rightToLeft.has(locale.split('-')[0] ?? '') ? 'rtl' : 'ltr';
}
