import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TranslatedLocale } from '@openai/chatkit';
import { describe, expect, it } from 'vitest';
import { en, type PluralForms, type Translation } from '../../src/locales';
import { translations } from '../../src/locales/translations';

type Entry = string | PluralForms;
type Entries = ReadonlyMap<string, Entry>;

const locales = Object.keys(translations) as TranslatedLocale[];

/** Every message under its path: `history.close`. */
function entriesOf(messages: Translation): Entries {
  return new Map(Object.entries<Readonly<Record<string, Entry>>>(messages).flatMap(([section, keys]) => Object.entries(keys).map(([key, entry]): [string, Entry] => [`${section}.${key}`, entry])));
}

function formsOf(entry: Entry): string[] {
  return typeof entry === 'string' ? [entry] : (Object.values(entry) as string[]);
}

function placesOf(text: string): string[] {
  return (text.match(/\{\w+\}/g) ?? []).sort();
}

const english = entriesOf(en);
const englishTexts = new Set([...english.values()].flatMap(formsOf));

/** Words that are the same in English and in a language that borrowed them, or that it shares by descent. */
const french = ['Menu', 'Action', 'Suggestions', 'Code', 'Image', 'Important', 'Mentions', '{count} source', '{count} sources', '{count} suggestion', '{count} suggestions'];
const model = 'Model: {name}';
const sameWords: Readonly<Partial<Record<TranslatedLocale, readonly string[]>>> = {
  'bs-BA': [model], 'ca-ES': ['Important', 'Models', model], 'cs-CZ': ['Diagram', 'Chat', model], 'da-DK': ['Menu', 'Diagram', 'Chat', 'Input', 'Output', model], 'de-DE': ['Details', 'Chat', 'Code'],
  'es-419': ['Chat'], 'es-ES': ['Chat'], 'fr-CA': french, 'fr-FR': ['Chat', ...french], 'hr-HR': [model], 'id-ID': ['Menu', 'Diagram', model], 'it-IT': ['Menu', 'Home', 'Chat'], 'ms-MY': ['Menu', model],
  'nb-NO': ['Diagram', 'Chat'], 'nl-NL': ['Menu', 'Details', 'Chat', 'Code', model], 'pl-PL': ['Menu', 'Diagram', model], 'pt-BR': ['Menu', 'Chat'], 'pt-PT': ['Menu', 'Chat'], 'ro-RO': ['Card: {name}', 'Chat', 'Important', 'Calendar', model],
  'sk-SK': ['Diagram', model], 'sl-SI': ['Diagram', model], tl: ['Menu', 'Home', 'Card: {name}', 'Code'], 'tr-TR': [model],
  'vi-VN': ['Menu'], 'hu-HU': ['Diagram'], 'sv-SE': ['Diagram'],
};

/** Words that no language here but English has. */
const englishWords = /(?<!\p{L})(the|this|your|with|were|could|cannot|and|answers?|again|removed?|loading|loaded|show|search)(?!\p{L})/iu;
const notLatin = new Set(['am', 'ar', 'bg-BG', 'bn-BD', 'el-GR', 'gu-IN', 'hi-IN', 'hy-AM', 'ja-JP', 'ka-GE', 'kk', 'kn-IN', 'ko-KR', 'mk-MK', 'ml', 'mn', 'mr-IN', 'my-MM', 'pa', 'ru-RU', 'sr-RS', 'ta-IN', 'te-IN', 'th-TH', 'uk-UA', 'ur', 'zh-CN', 'zh-HK', 'zh-TW']);

function withoutCode(text: string): string {
  return text.replace('setOptions({ api: { url: "/chatkit" } })', '').replace('https://', '').replace(/\be-?mail\b/i, '').replace(/\{\w+\}/g, '').replace(/\burl\b|url(?=[^a-z])/g, '').replace(/AI/g, '');
}

describe('translations', () => {
  it('are a file for every locale of the published types, and no other', () => {
    const files = readdirSync(join(import.meta.dirname, '../../src/locales/translations')).map((name) => name.replace(/\.ts$/, ''));
    expect(files.sort()).toEqual([...locales].sort());
    expect(locales.length).toBeGreaterThanOrEqual(63);
  });
});

describe.each(locales)('%s', (locale) => {
  const load = async (): Promise<Entries> => entriesOf((await translations[locale]()).default);

  it('has every message of the English, and no other', async () => {
    expect([...(await load()).keys()].sort()).toEqual([...english.keys()].sort());
  });

  it('has no empty message and no stray space', async () => {
    const bad = [...(await load())].filter(([, entry]) => formsOf(entry).some((form) => form.trim() === '' || form.trim() !== form || form.includes('  ')));
    expect(bad).toEqual([]);
  });

  it('puts the same values in as the English', async () => {
    for (const [path, entry] of await load()) {
      const source = english.get(path) ?? '';
      if (typeof entry === 'string') {
        expect(typeof source, path).toBe('string');
        expect(placesOf(entry), path).toEqual(placesOf(source as string));
      } else {
        const places = placesOf((source as PluralForms).other);
        expect(placesOf(entry.other), path).toEqual(places);
        // "one source" needs no number; all others do.
        for (const [category, form] of Object.entries(entry)) if (!['zero', 'one', 'two'].includes(category)) expect(placesOf(form as string), `${path}.${category}`).toEqual(places);
      }
    }
  });

  it('has exactly the plural forms of the language', async () => {
    const categories = [...new Intl.PluralRules(locale).resolvedOptions().pluralCategories].sort();
    for (const [path, entry] of await load()) if (typeof entry !== 'string') expect(Object.keys(entry).sort(), path).toEqual(categories);
  });

  it('is translated throughout', async () => {
    const same = sameWords[locale] ?? [];
    const untranslated = [...(await load())].flatMap(([path, entry]) => formsOf(entry).filter((form) => englishTexts.has(form) && !same.includes(form)).map((form) => `${path}: ${form}`));
    expect(untranslated).toEqual([]);
  });

  it('has no stray English', async () => {
    const stray = [...(await load())].flatMap(([path, entry]) => formsOf(entry).filter((form) => {
      const text = withoutCode(form);
      return notLatin.has(locale) ? /[a-z]{2}/i.test(text) : englishWords.test(text);
    }).map((form) => `${path}: ${form}`));
    expect(stray).toEqual([]);
  });
});
