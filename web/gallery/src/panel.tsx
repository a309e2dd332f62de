/** Beside a widget: its source, the Python that builds it, what its fields are, and what the element asks the server for. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { checkWidget, type Problem } from './check';
import { highlight } from './highlight';
import { pythonOf } from './python';
import { components, spelled } from './schema';
import type { Asked } from './server';

type Json = Record<string, unknown>;
const tabs = ['JSON', 'Python', 'Fields', 'Requests'] as const;
type Tab = (typeof tabs)[number];

interface PanelProps {
  widget: Json;
  asked: readonly Asked[];
  onEdit: (widget: Json) => void;
}

export function Panel({ widget, asked, onEdit }: PanelProps): JSX.Element {
  const [tab, setTab] = useState<Tab>('JSON');
  const [source, setSource] = useState(() => JSON.stringify(widget, null, 2));
  const [current, setCurrent] = useState(widget);
  const [problems, setProblems] = useState<readonly Problem[]>(() => checkWidget(widget));
  const edit = (text: string): void => {
    setSource(text);
    const { value, problem } = parsed(text);
    const found = problem === null ? checkWidget(value) : [problem];
    setProblems(found);
    if (found.some(({ level }) => level === 'error')) return;
    setCurrent(value as Json);
    onEdit(value as Json);
  };
  const move = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
    if (step === 0 || next === undefined) return;
    event.preventDefault();
    setTab(next);
    ((event.currentTarget as HTMLElement).children[tabs.indexOf(next)] as HTMLElement).focus();
  };
  return (
    <aside class="panel" aria-label="Source">
      <div class="panel-head">
        <div class="tabs" role="tablist" aria-label="About this widget" onKeyDown={move}>
          {tabs.map((each) => (
            <button key={each} type="button" role="tab" id={`tab-${each}`} aria-selected={each === tab} aria-controls="tab-panel" tabIndex={each === tab ? 0 : -1} onClick={() => setTab(each)}>
              {each}{each === 'Requests' && asked.length > 0 && <span class="count">{asked.length}</span>}
            </button>
          ))}
        </div>
        {(tab === 'JSON' || tab === 'Python') && <Copy text={() => (tab === 'JSON' ? source : pythonOf(current))} />}
      </div>
      <div class="tab-panel" role="tabpanel" id="tab-panel" aria-labelledby={`tab-${tab}`}>
        {tab === 'JSON' && <Code language="json" text={source} label="The widget as JSON" onEdit={edit} />}
        {tab === 'Python' && <Code language="python" text={pythonOf(current)} label="The widget as Python" />}
        {tab === 'Fields' && <Fields widget={current} />}
        {tab === 'Requests' && <Requests asked={asked} />}
      </div>
      <Problems problems={problems} />
    </aside>
  );
}

function parsed(text: string): { value: unknown; problem: Problem | null } {
  try {
    return { value: JSON.parse(text), problem: null };
  } catch (error) {
    return { value: null, problem: { path: '', message: `Not JSON: ${(error as Error).message}`, level: 'error' } };
  }
}

function Copy({ text }: { text: () => string }): JSX.Element {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return undefined;
    const timer = setTimeout(() => setDone(false), 1600);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = (): void => {
    navigator.clipboard.writeText(text()).then(() => setDone(true), () => undefined);
  };
  return <button type="button" class="plain-button" onClick={copy}>{done ? 'Copied' : 'Copy'}</button>;
}

interface CodeProps {
  language: 'json' | 'python';
  text: string;
  label: string;
  onEdit?: (text: string) => void;
}

/** Source text, coloured; what is edited stays the browser's, and comes back here only when it was changed elsewhere. */
function Code({ language, text, label, onEdit }: CodeProps): JSX.Element {
  const ref = useRef<HTMLPreElement>(null);
  useLayoutEffect(() => {
    const node = ref.current;
    if (node === null) return undefined;
    if (node.textContent !== text) node.textContent = text;
    return highlight(node, language);
  }, [text, language]);
  if (onEdit === undefined) return <pre ref={ref} class="code" tabIndex={0} role="region" aria-label={label} data-language={language} />;
  return (
    <pre
      ref={ref} class="code" role="textbox" aria-multiline="true" aria-label={label} tabIndex={0} spellcheck={false} data-language={language}
      {...{ contenteditable: 'plaintext-only' }}
      onInput={(event) => onEdit(event.currentTarget.textContent)}
      onKeyDown={(event) => {
        if (event.key !== 'Tab' || event.shiftKey || event.altKey) return;
        // Escape, then Tab leaves the field.
        if (event.currentTarget.dataset.leaving === 'yes') return;
        event.preventDefault();
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way that undo knows of
        document.execCommand('insertText', false, '  ');
      }}
      onKeyUp={(event) => {
        event.currentTarget.dataset.leaving = event.key === 'Escape' ? 'yes' : '';
      }}
    />
  );
}

function Problems({ problems }: { problems: readonly Problem[] }): JSX.Element {
  return (
    <div class="problems" role="status">
      {problems.length === 0 ? <p class="problem problem-none">A valid widget</p> : (
        <ul>
          {problems.map(({ path, message, level }) => (
            <li key={`${path} ${message}`} class={`problem problem-${level}`}>{path !== '' && <code>{path}</code>} {message}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** The components that the widget uses and their fields, those it sets first. */
function Fields({ widget }: { widget: Json }): JSX.Element {
  const used = usedIn(widget, new Map());
  return (
    <div class="fields" tabIndex={0} role="region" aria-label="The fields of the components in use">
      {[...used].map(([type, set]) => {
        const definition = components.get(type);
        const fields = Object.entries(definition?.properties ?? {}).filter(([name]) => name !== 'type');
        const required = new Set(definition?.required ?? []);
        return (
          <section key={type}>
            <h3>{type}</h3>
            <p>{definition?.description ?? 'A component of your own.'}</p>
            <dl>
              {fields.map(([name, field]) => (
                <div key={name} class={set.has(name) ? 'field field-set' : 'field'}>
                  <dt><code>{name}</code>{required.has(name) && <span class="required">required</span>}</dt>
                  <dd>{spelled(field)}</dd>
                </div>
              ))}
            </dl>
          </section>
        );
      })}
    </div>
  );
}

function usedIn(value: unknown, used: Map<string, Set<string>>): Map<string, Set<string>> {
  if (Array.isArray(value)) for (const each of value) usedIn(each, used);
  else if (typeof value === 'object' && value !== null) {
    const fields = value as Json;
    if (typeof fields.type === 'string' && components.has(fields.type)) {
      const set = used.get(fields.type) ?? new Set();
      for (const name of Object.keys(fields)) set.add(name);
      used.set(fields.type, set);
    }
    usedIn(fields.children, used);
  }
  return used;
}

function Requests({ asked }: { asked: readonly Asked[] }): JSX.Element {
  if (asked.length === 0) return <p class="empty">What the element asks the server for comes here. Press a button of the widget.</p>;
  return (
    <ol class="requests" tabIndex={0} aria-label="Requests, the newest first">
      {asked.toReversed().map(({ type, params }, at) => (
        <li key={asked.length - at}><details open={at === 0}><summary>{type}</summary><pre>{JSON.stringify(params, null, 2)}</pre></details></li>
      ))}
    </ol>
  );
}
