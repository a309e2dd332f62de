/** What is on show, as the address says it: every view of the gallery has one that stays. */

export interface Place {
  state: string | null;
  scheme: 'light' | 'dark' | 'system';
  locale: string;
  /** Pixels; null for all the room there is. */
  width: number | null;
  density: string | null;
  radius: string | null;
  accent: string | null;
  /** Nothing but the element, with answers that come at once: for tests and pictures. */
  bare: boolean;
}

const schemes = ['light', 'dark', 'system'] as const;

export function readPlace(search: string): Place {
  const given = new URLSearchParams(search);
  const width = Number(given.get('width') ?? '');
  return {
    state: given.get('state'),
    scheme: schemes.find((scheme) => scheme === given.get('scheme')) ?? 'system',
    locale: given.get('locale') ?? (given.get('dir') === 'rtl' ? 'ar' : 'en'),
    width: width >= 200 && width <= 4000 ? Math.round(width) : null,
    density: given.get('density'),
    radius: given.get('radius'),
    accent: given.get('accent'),
    bare: given.has('bare'),
  };
}

/** The query of an address; leaves out what is as it is without. */
export function writePlace(place: Place): string {
  const query = new URLSearchParams();
  if (place.state !== null) query.set('state', place.state);
  if (place.scheme !== 'system') query.set('scheme', place.scheme);
  if (place.locale !== 'en') query.set('locale', place.locale);
  for (const key of ['width', 'density', 'radius', 'accent'] as const) {
    const value = place[key];
    if (value !== null) query.set(key, String(value));
  }
  if (place.bare) query.set('bare', '');
  return `?${query.toString()}`;
}
