import type { Words } from './supported';
import { translationFor, translations } from './translations';

/** The words for `locale`; null where no translation serves it. */
export async function load(locale: string): Promise<Words | null> {
  const language = translationFor(locale);
  return language === null ? null : { language, messages: (await translations[language]()).default };
}
