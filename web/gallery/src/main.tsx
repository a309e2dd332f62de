/**
 * The gallery: everything the element can show, each state at an address of its own.
 *
 * `<html data-shown>` names the state once it stands, `data-failed` says why it does not.
 */
import type { JSX } from 'preact';
import { render } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import '../gallery.css';
import { Controls } from './controls';
import { findState, nameOf, topics, type State } from './fixtures';
import { Panel } from './panel';
import { readPlace, writePlace, type Place } from './place';
import type { Asked } from './server';
import { schemeOf, show, type Shown } from './show';

const page = document.documentElement.dataset;

function Gallery(): JSX.Element {
  const [place, setPlace] = useState(() => readPlace(location.search));
  useLayoutEffect(() => {
    const read = (): void => setPlace(readPlace(location.search));
    const system = matchMedia('(prefers-color-scheme: dark)');
    addEventListener('popstate', read);
    system.addEventListener('change', read);
    return () => {
      removeEventListener('popstate', read);
      system.removeEventListener('change', read);
    };
  }, []);
  const go = (change: Partial<Place>): void => {
    const next = { ...place, ...change };
    history.pushState(null, '', writePlace(next));
    setPlace(next);
  };
  const found = findState(place.state);
  useLayoutEffect(() => {
    page.scheme = schemeOf(place);
    document.title = `${found.state.title} · ${found.topic.title} · ChatKit gallery`;
  });
  const name = nameOf(found);
  if (place.bare) return <main class="bare"><h1 class="unseen">{found.state.title}</h1><Stage key={name} name={name} state={found.state} place={place} onShown={() => undefined} onAsked={() => undefined} /></main>;
  return (
    <div class="gallery">
      <Nav place={place} current={name} onGo={go} />
      <Work key={name} name={name} state={found.state} topic={found.topic.title} place={place} onGo={go} />
    </div>
  );
}

interface NavProps {
  place: Place;
  current: string;
  onGo: (change: Partial<Place>) => void;
}

function Nav({ place, current, onGo }: NavProps): JSX.Element {
  const [query, setQuery] = useState('');
  const [open, setOpen] = useState(false);
  const words = query.trim().toLowerCase();
  const shown = topics.map((topic) => ({ ...topic, states: topic.states.filter(({ title }) => `${topic.title} ${title}`.toLowerCase().includes(words)) })).filter(({ states }) => states.length > 0);
  const ref = useRef<HTMLElement>(null);
  useEffect(() => {
    ref.current?.querySelector('[aria-current=page]')?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  return (
    <nav ref={ref} class={open ? 'nav nav-open' : 'nav'} aria-label="States">
      <div class="nav-head">
        <h1>ChatKit gallery</h1>
        <button type="button" class="plain-button nav-toggle" aria-expanded={open} onClick={() => setOpen(!open)}>States</button>
      </div>
      <div class="nav-body">
        <input type="search" class="nav-search" placeholder="Find a state" aria-label="Find a state" value={query} onInput={(event) => setQuery(event.currentTarget.value)} />
        <div class="nav-list">
          {shown.map((topic) => (
            <section key={topic.id}>
              <h2>{topic.title}</h2>
              <ul>
                {topic.states.map((state) => {
                  const name = `${topic.id}.${state.id}`;
                  return (
                    <li key={name}>
                      <a href={writePlace({ ...place, state: name })} aria-current={name === current ? 'page' : undefined} onClick={(event) => {
                        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                        event.preventDefault();
                        setOpen(false);
                        onGo({ state: name });
                      }}>{state.title}</a>
                    </li>
                  );
                })}
              </ul>
            </section>
          ))}
          {shown.length === 0 && <p class="empty">Nothing is called that.</p>}
        </div>
      </div>
    </nav>
  );
}

interface WorkProps {
  name: string;
  state: State;
  topic: string;
  place: Place;
  onGo: (change: Partial<Place>) => void;
}

/** The state with what surrounds it: name, controls, stage and source. */
function Work({ name, state, topic, place, onGo }: WorkProps): JSX.Element {
  const [asked, setAsked] = useState<readonly Asked[]>([]);
  const [round, setRound] = useState(0);
  const shown = useRef<Shown | null>(null);
  const edit = (widget: Record<string, unknown>): void => {
    shown.current?.server.replaceWidget(widget);
    // The way that any change on the server takes.
    void shown.current?.element.fetchUpdates();
  };
  return (
    <main class={state.widget === undefined ? 'work' : 'work work-source'}>
      <header class="work-head">
        <div class="work-title">
          <h2><span>{topic}</span> {state.title}</h2>
          {state.about !== undefined && <p>{state.about}</p>}
        </div>
        <button type="button" class="plain-button" onClick={() => {
          setAsked([]);
          setRound(round + 1);
        }}>Start over</button>
      </header>
      <Controls place={place} onChange={onGo} />
      <div class="stage">
        <div class="frame" style={place.width === null ? {} : { width: `${place.width}px` }}>
          <Stage key={round} name={name} state={state} place={place} onShown={(now) => (shown.current = now)}
            onAsked={(one) => setAsked((before) => [...before, one])} />
        </div>
      </div>
      {state.widget !== undefined && <Panel key={round} widget={state.widget} asked={asked} onEdit={edit} />}
    </main>
  );
}

interface StageProps {
  name: string;
  state: State;
  place: Place;
  onShown: (shown: Shown) => void;
  onAsked: (asked: Asked) => void;
}

function Stage({ name, state, place, onShown, onAsked }: StageProps): JSX.Element {
  const ref = useRef<HTMLDivElement>(null);
  const shown = useRef<Shown | null>(null);
  useLayoutEffect(() => {
    if (ref.current === null) return undefined;
    delete page.shown;
    delete page.failed;
    const made = show(state, place, ref.current, onAsked);
    shown.current = made;
    onShown(made);
    made.done.then(() => (page.shown = name), (error: unknown) => (page.failed = `${name}: ${String(error)}`));
    return () => made.leave();
  }, [name, state]);
  const style = useMemo(() => JSON.stringify([place.scheme, page.scheme, place.locale, place.density, place.radius, place.accent]), [place]);
  const before = useRef(style);
  useEffect(() => {
    if (before.current !== style) shown.current?.restyle(place);
    before.current = style;
  }, [style]);
  return <div ref={ref} class="host" />;
}

const root = document.getElementById('gallery');
if (root !== null) render(<Gallery />, root);
