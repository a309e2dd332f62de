import type { JSX } from 'preact';
import { Icon } from '../icons';
import type { FieldBinding } from './field';

/** The message below a field; the field points at it, so it is read when focus arrives there. */
export function FieldError({ field }: { field: FieldBinding }): JSX.Element | null {
  if (!field.error) return null;
  return <p class="w-error" id={field.errorId}><Icon name="error" />{field.error}</p>;
}
