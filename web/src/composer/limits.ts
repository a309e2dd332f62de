/** Which files may go with a message. Pure. */
import type { ComposerOption } from '@openai/chatkit';

export type AttachmentLimits = NonNullable<ComposerOption['attachments']>;

/** Bytes; for types without a limit of their own. */
export const defaultMaxSize = 100 * 1024 * 1024;
export const defaultMaxCount = 10;

/** Whether `type`, say `image/png`, is meant by `pattern`: the type itself, `image/*` or `*`. */
function matches(pattern: string, type: string): boolean {
  if (pattern === '*' || pattern === '*/*' || pattern === '') return true;
  return pattern.endsWith('/*') ? type.startsWith(pattern.slice(0, -1)) : pattern.toLowerCase() === type;
}

/** The most bytes a file of a type may have: the limit of the narrowest pattern that means it. */
export function maxSizeFor(limits: AttachmentLimits, type: string): number {
  const { maxSize = defaultMaxSize } = limits;
  if (typeof maxSize === 'number') return maxSize;
  const fitting = Object.keys(maxSize).filter((pattern) => matches(pattern, type.toLowerCase()));
  const narrowest = fitting.sort((a, b) => narrowness(b) - narrowness(a))[0];
  return narrowest === undefined ? defaultMaxSize : maxSize[narrowest] ?? defaultMaxSize;
}

function narrowness(pattern: string): number {
  if (pattern === '*' || pattern === '*/*' || pattern === '') return 0;
  return pattern.endsWith('/*') ? 1 : 2;
}

/** Whether the type or the extension of a file is among those accepted. */
export function isAccepted(limits: AttachmentLimits, file: Pick<File, 'name' | 'type'>): boolean {
  const accepted = Object.entries(limits.accept ?? {});
  if (accepted.length === 0) return true;
  const name = file.name.toLowerCase();
  const type = file.type.toLowerCase();
  return accepted.some(([pattern, extensions]) =>
    (type !== '' && matches(pattern, type)) || extensions.some((extension) => name.endsWith(dotted(extension))));
}

/** What the `accept` attribute of a file field takes. */
export function acceptAttribute(limits: AttachmentLimits): string {
  return Object.entries(limits.accept ?? {}).flatMap(([type, extensions]) => [type, ...extensions.map(dotted)]).join(',');
}

function dotted(extension: string): string {
  const lower = extension.toLowerCase();
  return lower.startsWith('.') ? lower : `.${lower}`;
}

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

/** A number of bytes in words of the language: “12 MB”. */
export function formatSize(bytes: number, locale: string): string {
  let [value, at] = [bytes, 0];
  while (value >= 1000 && at < units.length - 1) [value, at] = [value / 1024, at + 1];
  const style = { style: 'unit', unit: units[at], unitDisplay: at === 0 ? 'long' : 'short', maximumFractionDigits: value < 10 ? 1 : 0 } as const;
  return new Intl.NumberFormat(locale, style).format(value);
}
