import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Entity } from '@openai/chatkit';
import type { Annotation, Source } from '../../core/protocol.generated';
import { createIcon, Icon } from '../../icons';
import { plural } from '../../locales';
import { linkTarget, type AnnotationMark } from '../../markdown';
import { useMessages, useShell, type Shell } from '../../state/context';
import { isLive, standsFor } from '../../state/entities';

/** Places in the text with their sources; annotations of the same place are one mark. */
export function marksOf(annotations: readonly Annotation[], shell: Shell): AnnotationMark[] {
  const places = new Map<number, Source[]>();
  for (const { index, source } of annotations) {
    if (index != null) places.set(index, [...(places.get(index) ?? []), source]);
  }
  return [...places].map(([index, sources]) => ({
    index,
    key: sources.map((source) => `${source.type}:${nameOf(source)}`).join('|'),
    render: () => citation(sources, shell),
  }));
}

/** The short name a reader knows a source by: the site, the file, the thing. */
function nameOf(source: Source): string {
  switch (source.type) {
    case 'url':
      return [source.attribution, hostOf(source.url)].find(Boolean) ?? source.title;
    case 'file':
      return source.filename;
    case 'entity':
      return [source.inline_label, source.label].find(Boolean) ?? source.title;
  }
}

/** Whether there is anything to open; nothing at all would be the page itself. */
function opens(url: string): boolean {
  return url.trim() !== '' && linkTarget(url).kind === 'open';
}

function hostOf(url: string): string | null {
  try {
    return new URL(url).hostname.replace(/^www\./, '');
  } catch {
    return null;
  }
}

function citation(sources: readonly Source[], shell: Shell): Node {
  const [first, ...more] = sources;
  const mark = document.createElement('span');
  mark.className = 'citation';
  mark.setAttribute('part', 'citation');
  if (first === undefined) return mark;
  const node = openerOf(first, shell) ?? document.createElement('span');
  node.className = 'citation-label';
  node.title = sources.map((source) => source.title).join('\n');
  const icon = first.type === 'entity' && first.icon ? first.icon : first.type === 'file' ? 'document' : null;
  if (icon !== null) node.append(createIcon(icon));
  node.append(nameOf(first) + (more.length > 0 ? ` +${more.length}` : ''));
  mark.append(node);
  return mark;
}

/** The link or button that opens a source; null when there is nothing to open. */
function openerOf(source: Source, shell: Shell): HTMLElement | null {
  if (source.type === 'url') {
    if (!opens(source.url)) return null;
    const link = document.createElement('a');
    link.href = source.url;
    link.target = '_blank';
    link.rel = 'noopener noreferrer';
    return link;
  }
  if (source.type !== 'entity' || !isLive(source, shell)) return null;
  const button = document.createElement('button');
  button.type = 'button';
  const entity = entityOf(source);
  standsFor(button, entity);
  button.addEventListener('click', () => shell.options.peek()?.entities.onClick?.(entity));
  return button;
}

function entityOf(source: Extract<Source, { type: 'entity' }>): Entity {
  return {
    id: source.id,
    title: source.title,
    interactive: true,
    ...(source.icon == null ? {} : { icon: source.icon }),
    ...(source.group == null ? {} : { group: source.group }),
    data: (source.data ?? {}) as Record<string, string>,
  };
}

/** The list of sources below an answer, folded at first. */
export function Sources({ annotations }: { annotations: readonly Annotation[] }): JSX.Element {
  const shell = useShell();
  const { message } = useMessages();
  const [open, setOpen] = useState(false);
  const sources = [...new Map(annotations.map(({ source }) => [keyOf(source), source])).values()];
  return (
    <div class="sources" part="sources">
      <button type="button" class="sources-toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name="book-open" size={14} />
        {plural(shell.locale.value, message.sources, sources.length)}
        <Icon name="chevron-right" size={14} />
      </button>
      {open && <SourceList sources={sources} />}
    </div>
  );
}

function keyOf(source: Source): string {
  return source.type === 'url' ? source.url : source.type === 'file' ? source.filename : source.id;
}

/** Those of a group stand together under its name, those without one first. */
export function SourceList({ sources }: { sources: readonly Source[] }): JSX.Element {
  const groups = new Map<string, Source[]>([['', []]]);
  for (const source of sources) groups.set(source.group ?? '', [...(groups.get(source.group ?? '') ?? []), source]);
  return (
    <ol class="source-list">
      {[...groups].flatMap(([group, members]) => members.map((source, at) => (
        <li key={keyOf(source)}>
          {group !== '' && at === 0 && <div class="source-group" dir="auto">{group}</div>}
          <SourceRow source={source} />
        </li>
      )))}
    </ol>
  );
}

function SourceRow({ source }: { source: Source }): JSX.Element {
  const shell = useShell();
  const body = (
    <>
      <span class="source-title">{source.title}</span>
      <span class="source-origin">{[nameOf(source) === source.title ? null : nameOf(source), source.timestamp].filter(Boolean).join(' · ')}</span>
      {source.description && <span class="source-description">{source.description}</span>}
    </>
  );
  if (source.type === 'url' && opens(source.url)) {
    return <a class="source" href={source.url} target="_blank" rel="noopener noreferrer">{body}</a>;
  }
  if (source.type === 'entity' && isLive(source, shell)) {
    const entity = entityOf(source);
    return <button type="button" class="source" ref={(node) => standsFor(node, entity)} onClick={() => shell.options.peek()?.entities.onClick?.(entity)}>{body}</button>;
  }
  return <span class="source">{body}</span>;
}
