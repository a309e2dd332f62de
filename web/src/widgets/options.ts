/** Options of Select and RadioGroup. */
import { isRecord } from '../core/validate';
import { text } from '../ui/values';

export interface Option {
  value: string;
  label: string;
  description: string;
  disabled: boolean;
}

/** The options of a component; entries without a value are left out, a missing label is the value. */
export function optionsOf(value: unknown): Option[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isRecord).flatMap((entry) => {
    if (typeof entry['value'] !== 'string') return [];
    const label = text(entry['label']) || entry['value'];
    return [{ value: entry['value'], label, description: text(entry['description']), disabled: entry['disabled'] === true }];
  });
}
