import { signal } from '@preact/signals';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ChatKitError } from '../../src/core/errors';
import { en, plural } from '../../src/locales';
import { wordsOf } from '../../src/locales/failures';
import { directionOf, resolveLocale, rulesOf, wordsOf as wordsIn } from '../../src/locales/supported';
import { translationFor } from '../../src/locales/translations';

afterEach(() => vi.unstubAllGlobals());

describe('the locale', () => {
  it('is the wanted one in canonical form', () => {
    expect(['de-de', 'pt_BR', 'zh-hant', 'iw'].map(resolveLocale)).toEqual(['de-DE', 'pt-BR', 'zh-Hant', 'he']);
  });

  it('is the browser’s when none is wanted or the wanted one is no language tag', () => {
    vi.stubGlobal('navigator', { language: 'sv-SE' });
    expect([undefined, '', 'not a locale'].map(resolveLocale)).toEqual(['sv-SE', 'sv-SE', 'sv-SE']);
  });
});

describe('the translation for a locale', () => {
  it.each([
    ['de-DE', 'de-DE'], ['de', 'de-DE'], ['de-AT', 'de-DE'], ['ar-EG', 'ar'], ['ur-PK', 'ur'], ['kk-KZ', 'kk'],
    ['pt', 'pt-BR'], ['pt-PT', 'pt-PT'], ['pt-AO', 'pt-PT'], ['es', 'es-ES'], ['es-MX', 'es-419'], ['es-US', 'es-419'], ['fr', 'fr-FR'], ['fr-CA', 'fr-CA'], ['fr-BE', 'fr-FR'],
    ['zh', 'zh-CN'], ['zh-SG', 'zh-CN'], ['zh-Hans-TW', 'zh-CN'], ['zh-Hant', 'zh-TW'], ['zh-HK', 'zh-HK'], ['zh-MO', 'zh-HK'], ['zh-Hant-HK', 'zh-HK'], ['yue', 'zh-HK'],
    ['nb', 'nb-NO'], ['nn-NO', 'nb-NO'], ['no', 'nb-NO'], ['fil-PH', 'tl'], ['tl', 'tl'], ['sr-Latn-RS', 'sr-RS'], ['de-u-ca-buddhist', 'de-DE'],
  ])('%s is %s', (locale, translation) => expect(translationFor(resolveLocale(locale))).toBe(translation));

  it.each(['he', 'fa-IR', 'eo', 'gsw', 'pa-Arab', 'mn-Mong', 'xx'])('%s has none', (locale) => expect(translationFor(locale)).toBeNull());
});

it('turns the page round for Arabic and Urdu only', () => {
  expect(['ar', 'ar-EG', 'ur-PK', 'arn', 'de', 'he', 'en'].map(directionOf)).toEqual(['rtl', 'rtl', 'rtl', 'ltr', 'ltr', 'ltr', 'ltr']);
});

describe('the words on the screen', () => {
  const start = (first: string | null) => {
    const locale = signal(first);
    const failed = vi.fn();
    return { locale, failed, words: wordsIn(locale, failed) };
  };

  it('are English until the wanted ones are here, then those', async () => {
    const { words } = start('de');
    expect(words.value.messages).toBe(en);
    await vi.waitFor(() => expect(words.value.language).toBe('de-DE'));
    expect(words.value.messages.header.newChat).toBe('Neuer Chat');
  });

  it('are settled once they are those to stay', async () => {
    expect(start('en-GB').words.value.settled).toBe(true);
    const { locale, words } = start(null);
    expect(words.value.settled).toBe(false);
    locale.value = 'de';
    expect(words.value.settled).toBe(false);
    await vi.waitFor(() => expect(words.value.settled).toBe(true));
    expect(words.value.language).toBe('de-DE');
    locale.value = 'fr';
    expect(words.value.settled).toBe(true);
  });

  it('stay while others are loaded, and are those of the last choice', async () => {
    const { locale, words } = start('de');
    await vi.waitFor(() => expect(words.value.language).toBe('de-DE'));
    const seen: string[] = [];
    words.subscribe(({ language }) => void seen.push(language));
    locale.value = 'ja';
    locale.value = 'fr';
    await vi.waitFor(() => expect(words.value.language).toBe('fr-FR'));
    locale.value = 'en-GB';
    expect(words.value.messages).toBe(en);
    expect(seen).toEqual(['de-DE', 'fr-FR', 'en']);
  });

  it('become English where there is no translation', async () => {
    const { locale, words, failed } = start('de');
    await vi.waitFor(() => expect(words.value.language).toBe('de-DE'));
    locale.value = 'eo';
    await vi.waitFor(() => expect(words.value.language).toBe('en'));
    expect(failed).not.toHaveBeenCalled();
  });

  it('are not fetched while the locale is not known', async () => {
    const { locale, words } = start(null);
    locale.value = 'is';
    await vi.waitFor(() => expect(words.value.language).toBe('is-IS'));
  });

  it('stay English and say why when they cannot be loaded', async () => {
    vi.resetModules();
    vi.doMock('../../src/locales/load', () => ({ load: () => Promise.reject(new Error('offline')) }));
    const { wordsOf: fresh } = await import('../../src/locales/supported');
    const failed = vi.fn();
    const words = fresh(signal('de'), failed);
    await vi.waitFor(() => expect(failed).toHaveBeenCalledWith(new Error('offline')));
    expect(words.value.language).toBe('en');
    vi.doUnmock('../../src/locales/load');
  });
});

describe('words of a language that stands in for another', () => {
  it.each([
    ['fa-IR', 'en', 'en'], ['he', 'en', 'en'], ['eo', 'en', 'en'], ['bn-IN', 'bn-BD', 'bn-IN'], ['mr-Latn', 'en', 'en'], ['nn-NO', 'nb-NO', 'nb-NO'], ['no', 'nb-NO', 'nb-NO'],
    ['sr-Latn-RS', 'sr-RS', 'sr-RS'], ['de-AT', 'de-DE', 'de-AT'], ['fil-PH', 'tl', 'fil-PH'], ['es-MX', 'es-419', 'es-MX'], ['en-IN', 'en', 'en-IN'], ['ar-EG', 'ar', 'ar-EG'], ['ja', 'en', 'en'],
  ])('%s in %s has the rules of %s', (wanted, language, rules) => {
    expect(rulesOf(resolveLocale(wanted), language)).toBe(rules);
  });

  it('counts by its own rules, in its own digits', () => {
    expect([1, 2, 11].map((count) => plural(rulesOf('fa-IR', 'en'), en.message.sources, count))).toEqual(['1 source', '2 sources', '11 sources']);
    // Persian says "one" of none, Lithuanian of 21.
    expect(['fa-IR', 'lt-LT', 'ja-JP', 'he'].map((wanted) => plural(rulesOf(wanted, 'en'), en.message.sources, wanted === 'lt-LT' ? 21 : 0))).toEqual(['0 sources', '21 sources', '0 sources', '0 sources']);
  });
});

describe('what is said about a failure', () => {
  const german = { ...en.failure, network: 'Netz', session: 'Sitzung', gone: 'Weg', server: 'Server', failed: 'Schief', forbidden: 'Verboten' };
  const error = (code: string, status?: number, told = false): ChatKitError => new ChatKitError('For developers: api.url', { code, told, ...(status === undefined ? {} : { status }) });

  it.each([
    [error('network'), 'Netz'], [error('session'), 'Sitzung'], [error('auth.required', 401), 'Sitzung'], [error('http.401', 401), 'Sitzung'], [error('auth.forbidden', 403), 'Verboten'],
    [error('not_found', 404), 'Weg'], [error('server.error', 500), 'Server'], [error('http.502', 502), 'Server'], [error('request.invalid_params', 422), 'Schief'], [error('http.418', 418), 'Schief'],
    [new TypeError('x is not a function'), 'Schief'], ['thrown', 'Schief'], [error('quota', 402, true), 'For developers: api.url'],
  ])('is in the words of the language, unless the application says it: %s', (thrown, words) => {
    expect(wordsOf(thrown, german)).toBe(words);
  });
});
