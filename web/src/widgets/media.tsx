/** Icon, Image, Markdown. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../icons';
import { StreamingMarkdown } from '../markdown';
import { backgroundStyles, blockStyles, keepSize } from './box';
import { useScope } from './scope';
import type { WidgetNode } from './types';
import * as v from '../ui/values';

interface Props {
  node: WidgetNode;
}

const ICON_SIZES = new Set(['xs', 'sm', 'md', 'lg', 'xl', '2xl', '3xl'] as const);
const FITS = new Set(['cover', 'contain', 'fill', 'scale-down', 'none'] as const);
const POSITIONS = new Set(['top left', 'top', 'top right', 'left', 'center', 'right', 'bottom left', 'bottom', 'bottom right'] as const);

export function IconView({ node }: Props): JSX.Element {
  const color = v.color(node['color'], 'text');
  return (
    <span class={`w-icon w-icon-${v.oneOf(node['size'], ICON_SIZES) ?? 'md'}`} style={color === undefined ? {} : { color }}>
      <Icon name={v.text(node['name'])} />
    </span>
  );
}

export function Image({ node }: Props): JSX.Element {
  const { host } = useScope();
  const src = v.text(node['src']);
  const alt = v.text(node['alt']);
  const styles: v.Styles = { ...keepSize(blockStyles(node)), ...backgroundStyles(node) };
  const fit = v.oneOf(node['fit'], FITS);
  const position = v.oneOf(node['position'], POSITIONS);
  if (fit) styles['object-fit'] = fit;
  if (position) styles['object-position'] = position;
  // The host, or the page's policy, may say no.
  const [failed, setFailed] = useState('');
  const names = ['w-image', node['frame'] === true && 'w-frame', node['flush'] === true && 'w-flush'].filter(Boolean).join(' ');
  if (!host.allowImage(src) || failed === src) {
    return <span class={`${names} w-image-blocked`} style={styles} role="img" aria-label={alt || host.messages.widgets.image}><Icon name="square-image" /><span>{alt}</span></span>;
  }
  return <img class={names} style={styles} src={src} alt={alt} loading="lazy" decoding="async" referrerpolicy="no-referrer" draggable={false} onError={() => setFailed(src)} />;
}

export function MarkdownView({ node }: Props): JSX.Element {
  const { host } = useScope();
  const container = useRef<HTMLDivElement>(null);
  const markdown = useRef<StreamingMarkdown | null>(null);
  const value = v.text(node['value']);
  const streaming = node['streaming'] === true;
  useLayoutEffect(() => {
    const element = container.current;
    if (!element) return;
    markdown.current ??= new StreamingMarkdown(element, {
      allowImage: (url) => host.allowImage(url),
      pictureRule: host.pictureRule,
      onDeepLink: (name, data) => host.onDeepLink?.(name, data),
      messages: host.messages,
      headingLevel: host.headingLevel ?? 3,
    });
    markdown.current.set(value);
    if (!streaming) markdown.current.finish();
  }, [value, streaming]);
  useEffect(() => () => {
    markdown.current?.destroy();
    markdown.current = null;
  }, []);
  return <div class="w-markdown" ref={container} />;
}
