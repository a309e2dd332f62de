/** Text components: Title, Caption, Text, Label, Badge. */
import type { JSX } from 'preact';
import { useContext, useLayoutEffect, useRef } from 'preact/hooks';
import { FormContext } from './form';
import { keepSize } from './box';
import { fieldId, useScope } from './scope';
import { EditableText } from './EditableText';
import type { WidgetNode } from './types';
import { isRecord } from '../core/validate';
import * as v from '../ui/values';

interface Props {
  node: WidgetNode;
}

const WEIGHTS = new Set(['normal', 'medium', 'semibold', 'bold'] as const);
const ALIGN = new Set(['start', 'center', 'end'] as const);
const TEXT_SIZES = new Set(['xs', 'sm', 'md', 'lg', 'xl'] as const);
const TITLE_SIZES = new Set(['sm', 'md', 'lg', 'xl', '2xl', '3xl', '4xl', '5xl'] as const);
const TITLE_LEVELS: ReadonlySet<unknown> = new Set([1, 2, 3, 4, 5, 6]);
const CAPTION_SIZES = new Set(['sm', 'md', 'lg'] as const);

/** Colour, weight, alignment and line limits, which all texts share. */
export function textStyles(node: WidgetNode): v.Styles {
  const styles: v.Styles = {};
  const color = v.color(node['color'], 'text');
  const align = v.oneOf(node['textAlign'], ALIGN);
  const lines = v.count(node['maxLines']);
  const least = v.count(node['minLines']);
  const width = v.size(node['width']);
  if (color !== undefined) styles['color'] = color;
  if (align !== undefined) styles['text-align'] = v.textAlign(align);
  if (width !== undefined) styles['width'] = width;
  if (lines !== undefined) styles['-webkit-line-clamp'] = String(lines);
  if (least !== undefined) styles['min-height'] = `${least}lh`;
  return keepSize(styles);
}

export function textClasses(node: WidgetNode, base: string): string {
  const names = [base];
  const weight = v.oneOf(node['weight'], WEIGHTS);
  if (weight) names.push(`w-weight-${weight}`);
  if (v.count(node['maxLines']) !== undefined) names.push('w-clamp');
  else if (node['truncate'] === true) names.push('w-truncate');
  if (node['italic'] === true) names.push('w-italic');
  if (node['lineThrough'] === true) names.push('w-line-through');
  return names.join(' ');
}

/** Keeps an element's text up to date by appending what is new, so that a selection in growing text survives. */
function useGrowingText(value: string): { readonly current: HTMLElement | null } {
  const ref = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const node = element.firstChild;
    if (!(node instanceof Text)) element.textContent = value;
    else if (node.data !== value) {
      if (value.startsWith(node.data)) node.appendData(value.slice(node.data.length));
      else node.data = value;
    }
  }, [value]);
  return ref;
}

export function TextView({ node }: Props): JSX.Element {
  const editable = node['editable'];
  if (isRecord(editable) && typeof editable['name'] === 'string') return <EditableText node={node} name={editable['name']} settings={editable} />;
  return <PlainText node={node} />;
}

function PlainText({ node }: Props): JSX.Element {
  const value = v.text(node['value']);
  const ref = useGrowingText(value);
  const size = v.oneOf(node['size'], TEXT_SIZES) ?? 'md';
  return (
    <p class={textClasses(node, `w-text w-text-${size}`)} style={textStyles(node)} dir="auto" aria-busy={node['streaming'] === true ? true : undefined}
      title={node['truncate'] === true ? value : undefined} ref={ref as { current: HTMLParagraphElement | null }} />
  );
}

export function Title({ node }: Props): JSX.Element {
  const { host } = useScope();
  const size = v.oneOf(node['size'], TITLE_SIZES) ?? 'md';
  const value = v.text(node['value']);
  const level = TITLE_LEVELS.has(node['level']) ? (node['level'] as number) : (host.headingLevel ?? 3);
  return (
    <div class={textClasses(node, `w-title w-title-${size}`)} style={textStyles(node)} dir="auto" role="heading" aria-level={level}
      title={node['truncate'] === true ? value : undefined}>
      {value}
    </div>
  );
}

export function Caption({ node }: Props): JSX.Element {
  const size = v.oneOf(node['size'], CAPTION_SIZES) ?? 'md';
  const value = v.text(node['value']);
  return (
    <p class={textClasses(node, `w-caption w-caption-${size}`)} style={textStyles(node)} dir="auto" title={node['truncate'] === true ? value : undefined}>
      {value}
    </p>
  );
}

export function Label({ node }: Props): JSX.Element {
  const scope = useScope();
  const size = v.oneOf(node['size'], TEXT_SIZES) ?? 'sm';
  const id = fieldId(scope, useContext(FormContext), v.text(node['fieldName']));
  return (
    <label class={textClasses(node, `w-label w-text-${size}`)} style={textStyles(node)} dir="auto" htmlFor={id} id={`${id}-label`}>
      {v.text(node['value'])}
    </label>
  );
}

const BADGE_COLORS = new Set(['secondary', 'success', 'danger', 'warning', 'info', 'discovery'] as const);
const BADGE_VARIANTS = new Set(['solid', 'soft', 'outline'] as const);

export function Badge({ node }: Props): JSX.Element {
  const color = v.oneOf(node['color'], BADGE_COLORS) ?? 'secondary';
  const variant = v.oneOf(node['variant'], BADGE_VARIANTS) ?? 'soft';
  const size = v.oneOf(node['size'], CAPTION_SIZES) ?? 'sm';
  const pill = node['pill'] === true ? ' w-pill' : '';
  return <span class={`w-badge w-badge-${size} w-${variant} w-hue-${color}${pill}`} dir="auto">{v.text(node['label'])}</span>;
}
