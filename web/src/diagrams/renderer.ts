/** Has diagrams drawn in a frame of their own, one after the other. The frame is there only while there is something to draw. */
import frameName from 'virtual:diagram-frame';

export type Scheme = 'light' | 'dark';

/** What the frame is asked: `limit` is the most characters it takes. */
export interface Request {
  readonly source: string;
  readonly scheme: Scheme;
  readonly limit: number;
}

/** A whole SVG document and its size in CSS pixels. */
export interface Drawing {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

/** The text is not a diagram; the message is the parser's. */
export class DiagramError extends Error {}

/** Characters of source. More would keep the browser busy for too long. */
export const LIMIT = 20_000;
/** Characters of SVG that the page takes. */
const LARGEST = 2_000_000;
/** Milliseconds for the frame to load and for one diagram. */
const PATIENCE = 15_000;
const KEPT = 32;

interface Job {
  readonly request: Request;
  readonly root: ParentNode & Node;
  readonly resolve: (drawing: Drawing) => void;
  readonly reject: (error: Error) => void;
}

const isLength = (value: unknown): value is number => typeof value === 'number' && value > 0 && value < 100_000;

/** What a message of the frame says. @throws DiagramError what was wrong with the source, Error for anything else */
export function readAnswer(data: unknown): Drawing {
  if (typeof data !== 'object' || data === null) throw new Error('The diagram was not drawn.');
  if ('problem' in data && typeof data.problem === 'string') throw new DiagramError(data.problem);
  if ('svg' in data && 'width' in data && 'height' in data && typeof data.svg === 'string' && isLength(data.width) && isLength(data.height) && data.svg.length <= LARGEST) {
    return { svg: data.svg, width: data.width, height: data.height };
  }
  throw new Error('The diagram was not drawn.');
}

function settle<T>(run: (done: (value: T) => void, fail: (error: Error) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The diagram took too long.')), PATIENCE);
    const ended = <V>(then: (value: V) => void) => (value: V): void => {
      clearTimeout(timer);
      then(value);
    };
    run(ended(resolve), ended(reject));
  });
}

/** A frame without rights: `sandbox` gives its document an origin that nothing shares. */
function newFrame(): HTMLIFrameElement {
  const frame = document.createElement('iframe');
  frame.className = 'ck-diagram-frame';
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.setAttribute('aria-hidden', 'true');
  frame.tabIndex = -1;
  frame.referrerPolicy = 'no-referrer';
  const here = import.meta.url;
  frame.src = new URL(frameName, here).href;
  return frame;
}

function load(frame: HTMLIFrameElement, root: Node): Promise<void> {
  return settle((done) => {
    frame.addEventListener('load', () => done(undefined), { once: true });
    root.appendChild(frame);
  });
}

function ask(frame: HTMLIFrameElement, request: Request): Promise<Drawing> {
  const { port1, port2 } = new MessageChannel();
  const answer = settle<Drawing>((done, fail) => {
    port1.onmessage = ({ data }: MessageEvent<unknown>) => {
      try {
        done(readAnswer(data));
      } catch (error) {
        fail(error as Error);
      }
    };
    // An opaque origin has no name: the message goes to that window, which only ever holds the frame's own document.
    frame.contentWindow?.postMessage(request, '*', [port2]);
  });
  return answer.finally(() => port1.close());
}

const waiting: Job[] = [];
const known = new Map<string, Promise<Drawing>>();
let busy = false;

async function work(): Promise<void> {
  if (busy) return;
  busy = true;
  let frame: HTMLIFrameElement | null = null;
  for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
    try {
      if (frame?.isConnected !== true) {
        frame = newFrame();
        await load(frame, job.root);
      }
      job.resolve(await ask(frame, job.request));
    } catch (error) {
      // After a mistake in the source the frame is as good as before; one that does not answer is given up.
      if (!(error instanceof DiagramError)) {
        frame?.remove();
        frame = null;
      }
      job.reject(error as Error);
    }
  }
  frame?.remove();
  busy = false;
}

/**
 * Draws a diagram; the same one again comes from memory. `root` is where the frame may stand: the element's shadow root.
 *
 * @throws DiagramError when the source is wrong; Error when it could not be drawn, which another try may change
 */
export function draw(source: string, scheme: Scheme, root: ParentNode & Node): Promise<Drawing> {
  const key = `${scheme} ${source}`;
  const found = known.get(key);
  if (found) return found;
  const drawing = new Promise<Drawing>((resolve, reject) => {
    waiting.push({ request: { source, scheme, limit: LIMIT }, root, resolve, reject });
  });
  known.set(key, drawing);
  drawing.catch((error: unknown) => {
    if (!(error instanceof DiagramError)) known.delete(key);
  });
  const [oldest] = known.keys();
  if (known.size > KEPT && oldest !== undefined) known.delete(oldest);
  void work();
  return drawing;
}
