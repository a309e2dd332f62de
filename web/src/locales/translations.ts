/** The languages there are words for, a lazy chunk each. Loaded only where English is not wanted. */
import type { TranslatedLocale } from '@openai/chatkit';
import type { Translation } from './index';

export const translations: Readonly<Record<TranslatedLocale, () => Promise<{ readonly default: Translation }>>> = {
  am: () => import('./translations/am'),
  ar: () => import('./translations/ar'),
  'bg-BG': () => import('./translations/bg-BG'),
  'bn-BD': () => import('./translations/bn-BD'),
  'bs-BA': () => import('./translations/bs-BA'),
  'ca-ES': () => import('./translations/ca-ES'),
  'cs-CZ': () => import('./translations/cs-CZ'),
  'da-DK': () => import('./translations/da-DK'),
  'de-DE': () => import('./translations/de-DE'),
  'el-GR': () => import('./translations/el-GR'),
  'es-419': () => import('./translations/es-419'),
  'es-ES': () => import('./translations/es-ES'),
  'et-EE': () => import('./translations/et-EE'),
  'fi-FI': () => import('./translations/fi-FI'),
  'fr-CA': () => import('./translations/fr-CA'),
  'fr-FR': () => import('./translations/fr-FR'),
  'gu-IN': () => import('./translations/gu-IN'),
  'hi-IN': () => import('./translations/hi-IN'),
  'hr-HR': () => import('./translations/hr-HR'),
  'hu-HU': () => import('./translations/hu-HU'),
  'hy-AM': () => import('./translations/hy-AM'),
  'id-ID': () => import('./translations/id-ID'),
  'is-IS': () => import('./translations/is-IS'),
  'it-IT': () => import('./translations/it-IT'),
  'ja-JP': () => import('./translations/ja-JP'),
  'ka-GE': () => import('./translations/ka-GE'),
  kk: () => import('./translations/kk'),
  'kn-IN': () => import('./translations/kn-IN'),
  'ko-KR': () => import('./translations/ko-KR'),
  lt: () => import('./translations/lt'),
  'lv-LV': () => import('./translations/lv-LV'),
  'mk-MK': () => import('./translations/mk-MK'),
  ml: () => import('./translations/ml'),
  mn: () => import('./translations/mn'),
  'mr-IN': () => import('./translations/mr-IN'),
  'ms-MY': () => import('./translations/ms-MY'),
  'my-MM': () => import('./translations/my-MM'),
  'nb-NO': () => import('./translations/nb-NO'),
  'nl-NL': () => import('./translations/nl-NL'),
  pa: () => import('./translations/pa'),
  'pl-PL': () => import('./translations/pl-PL'),
  'pt-BR': () => import('./translations/pt-BR'),
  'pt-PT': () => import('./translations/pt-PT'),
  'ro-RO': () => import('./translations/ro-RO'),
  'ru-RU': () => import('./translations/ru-RU'),
  'sk-SK': () => import('./translations/sk-SK'),
  'sl-SI': () => import('./translations/sl-SI'),
  'so-SO': () => import('./translations/so-SO'),
  'sq-AL': () => import('./translations/sq-AL'),
  'sr-RS': () => import('./translations/sr-RS'),
  'sv-SE': () => import('./translations/sv-SE'),
  'sw-TZ': () => import('./translations/sw-TZ'),
  'ta-IN': () => import('./translations/ta-IN'),
  'te-IN': () => import('./translations/te-IN'),
  'th-TH': () => import('./translations/th-TH'),
  tl: () => import('./translations/tl'),
  'tr-TR': () => import('./translations/tr-TR'),
  'uk-UA': () => import('./translations/uk-UA'),
  ur: () => import('./translations/ur'),
  'vi-VN': () => import('./translations/vi-VN'),
  'zh-CN': () => import('./translations/zh-CN'),
  'zh-HK': () => import('./translations/zh-HK'),
  'zh-TW': () => import('./translations/zh-TW'),
};

/** Languages spoken in more than one way here: by region, else the last one. */
const regional: Readonly<Record<string, readonly (readonly [regions: string, locale: TranslatedLocale])[]>> = {
  es: [['ES GQ EA IC PH', 'es-ES'], ['', 'es-419']],
  fr: [['CA', 'fr-CA'], ['', 'fr-FR']],
  pt: [['BR', 'pt-BR'], ['', 'pt-PT']],
};

/** What else a language is called. `tl` is `fil` in canonical form; the written standards of Norwegian are close. */
const sameLanguage: Readonly<Record<string, TranslatedLocale>> = { fil: 'tl', no: 'nb-NO', nn: 'nb-NO', yue: 'zh-HK' };

/**
 * The translation that serves `locale`, a valid language tag, or null: the same one, else one of the same language in the
 * same script (Serbian is read in both of its scripts), by region where there are several.
 */
export function translationFor(locale: string): TranslatedLocale | null {
  const known = Object.keys(translations) as TranslatedLocale[];
  const exact = known.find((each) => each === locale);
  if (exact !== undefined) return exact;
  const { language, script, region = '' } = new Intl.Locale(locale).maximize();
  const also = sameLanguage[language];
  if (also !== undefined) return also;
  if (language === 'zh') return script !== 'Hant' ? 'zh-CN' : region === 'HK' || region === 'MO' ? 'zh-HK' : 'zh-TW';
  const choices = regional[language];
  if (choices !== undefined) return choices.find(([regions]) => regions === '' || regions.split(' ').includes(region))?.[1] ?? null;
  return known.find((each) => {
    const offered = new Intl.Locale(each).maximize();
    return offered.language === language && (offered.script === script || language === 'sr');
  }) ?? null;
}
