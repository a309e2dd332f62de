import type { JSX } from 'preact';
import { useContext } from 'preact/hooks';
import { Icon } from '../icons';
import { asAction } from './actions';
import { FormContext } from './form';
import { SubmitContext } from './FormFrame';
import { useAction, useRefused, useScope } from './scope';
import type { WidgetNode } from './types';
import * as v from '../ui/values';

const COLORS = new Set(['primary', 'secondary', 'info', 'discovery', 'success', 'caution', 'warning', 'danger'] as const);
const VARIANTS = new Set(['solid', 'soft', 'outline', 'ghost'] as const);
const SIZES = new Set(['3xs', '2xs', 'xs', 'sm', 'md', 'lg', 'xl', '2xl', '3xl'] as const);
const ICON_SIZES = new Set(['sm', 'md', 'lg', 'xl', '2xl'] as const);

/** The turning ring on a busy control. */
export function Spinner(): JSX.Element {
  return <span class="w-spinner" aria-hidden="true" />;
}

function classesOf(node: WidgetNode): string {
  const style = node['style'] === 'primary' || (node['style'] !== 'secondary' && node['submit'] === true) ? 'primary' : 'secondary';
  const names = [
    'w-button', 'w-control', `w-size-${v.oneOf(node['size'], SIZES) ?? 'lg'}`, `w-${v.oneOf(node['variant'], VARIANTS) ?? 'solid'}`,
    `w-hue-${v.oneOf(node['color'], COLORS) ?? style}`,
  ];
  if (node['pill'] === true) names.push('w-pill');
  if (node['block'] === true) names.push('w-block');
  if (node['uniform'] === true) names.push('w-uniform');
  const icon = v.oneOf(node['iconSize'], ICON_SIZES);
  if (icon) names.push(`w-icon-${icon}`);
  return names.join(' ');
}

/**
 * A name for a button that only shows an icon and has no label: the icon's own, in words. Numbers in it only tell
 * variants of one icon apart (`trash-2`).
 */
export function nameOf(icon: string): string {
  const words = icon.replace(/^[a-z]+:/, '').split(/[-_\s]+/).filter((word) => word !== '' && !/^\d+$/.test(word)).join(' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function Button({ node }: { node: WidgetNode }): JSX.Element {
  const { host } = useScope();
  const { fire, busy } = useAction();
  const form = useContext(FormContext);
  const submit = useContext(SubmitContext);
  const own = asAction(node['onClickAction']);
  const submits = node['submit'] === true && submit?.acts === true;
  const refusedItself = useRefused(own);
  const refused = submits ? submit.refused : refusedItself;
  const working = submits ? submit.busy : busy;
  const label = v.text(node['label']);
  const [start, end] = [v.text(node['iconStart']), v.text(node['iconEnd'])];
  // As wide as high: there is room for the icon, so the label becomes its name.
  const iconOnly = (start || end) !== '' && (node['uniform'] === true || label === '');
  const name = iconOnly ? label || nameOf(start || end) || undefined : undefined;

  const click = (event: Event): void => {
    if (refused || working) event.preventDefault();
    else if (!submits && own && (node['submit'] !== true || form?.validate() !== false)) void fire(own, node['submit'] === true ? 'submit' : 'click');
  };
  return (
    <button class={classesOf(node)} type={submits ? 'submit' : 'button'} disabled={node['disabled'] === true} aria-disabled={refused || working || undefined}
      aria-busy={working || undefined} aria-label={name} title={refused ? host.messages.widgets.waiting : name}
      onClick={click}>
      {working && <Spinner />}
      {start && <Icon name={start} />}
      {label && !iconOnly && <span class="w-button-label" dir="auto">{label}</span>}
      {end && <Icon name={end} />}
    </button>
  );
}
