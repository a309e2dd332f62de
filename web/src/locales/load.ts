import { en, type Messages, type Translation } from './index';
import type { Words } from './supported';
import { translationFor, translations } from './translations';

/** The words for `locale`; null where no translation serves it. */
export async function load(locale: string): Promise<Words | null> {
  const language = translationFor(locale);
  return language === null ? null : { language, messages: completed((await translations[language]()).default) };
}

/** With the English of what a language does not have yet: a word too many in English, rather than a hole. */
function completed(translation: Translation): Messages {
  const sections = Object.entries(en).map(([name, words]) => [name, { ...words, ...translation[name as keyof Messages] }]);
  return Object.fromEntries(sections) as Messages;
}
