import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { asError } from '../core/errors';
import { Icon } from '../icons';
import { IconButton } from '../ui/button';
import { useMessages, useShell, type Shell } from '../state/context';
import { Recorder, toBase64 } from './recorder';

type State = { phase: 'idle' } | { phase: 'recording'; recorder: Recorder } | { phase: 'transcribing' };

/** The microphone: records, shows how loud it is, and puts what was said into the composer. */
export function Dictation({ disabled }: { disabled: boolean }): JSX.Element {
  const shell = useShell();
  const { composer: messages } = useMessages();
  const [state, setState] = useState<State>({ phase: 'idle' });
  const gone = useRef(false);
  const recorder = state.phase === 'recording' ? state.recorder : null;
  useEffect(() => () => recorder?.close(), [recorder]);
  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
    };
  }, []);

  const start = async (): Promise<void> => {
    try {
      const started = await Recorder.start();
      if (gone.current) started.close();
      else setState({ phase: 'recording', recorder: started });
    } catch (error) {
      fail(shell, messages.noMicrophone, error);
    }
  };
  const cancel = (): void => {
    setState({ phase: 'idle' });
    shell.composer.focus();
  };
  const finish = async (recording: Recorder): Promise<void> => {
    setState({ phase: 'transcribing' });
    try {
      const audio = await recording.finish();
      const { text } = await shell.chat.api().call<{ text: string }>('input.transcribe', { audio_base64: await toBase64(audio), mime_type: audio.type });
      if (!gone.current && text.trim() !== '') shell.composer.add(text.trim());
    } catch (error) {
      fail(shell, messages.notTranscribed, error);
    }
    setState({ phase: 'idle' });
    shell.composer.focus();
  };

  if (state.phase === 'idle') {
    return (
      <button type="button" class="bar-button bar-icon" part="dictation-button" aria-label={messages.dictate} title={messages.dictate} disabled={disabled} onClick={() => void start()}>
        <Icon name="mic" size={20} />
      </button>
    );
  }
  if (state.phase === 'transcribing') return <span class="dictation" role="status"><span class="spinner" /><span class="hidden">{messages.transcribing}</span></span>;
  return (
    <span
      class="dictation" role="group" aria-label={messages.recording}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        cancel();
      }}
    >
      <Level recorder={state.recorder} />
      <IconButton size="sm" icon="close" label={messages.cancelDictation} onClick={cancel} part="dictation-cancel" />
      <Finish label={messages.finishDictation} onClick={() => void finish(state.recorder)} />
    </span>
  );
}

/** Takes the focus from the button that it took the place of. */
function Finish({ label, onClick }: { label: string; onClick: () => void }): JSX.Element {
  const ref = useRef<HTMLButtonElement>(null);
  useEffect(() => ref.current?.focus(), []);
  return <button ref={ref} type="button" class="bar-button bar-icon dictation-finish" part="dictation-finish" aria-label={label} title={label} onClick={onClick}><Icon name="check" size={18} /></button>;
}

const bars = 14;

/** The last moments of the recording as bars, the newest at the end. */
function Level({ recorder }: { recorder: Recorder }): JSX.Element {
  const ref = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const levels = new Array<number>(bars).fill(0);
    const timer = setInterval(() => {
      levels.shift();
      levels.push(recorder.level());
      for (const [at, bar] of [...(ref.current?.children ?? [])].entries()) {
        (bar as HTMLElement).style.setProperty('--level', (levels[at] ?? 0).toFixed(2));
      }
    }, 80);
    return () => clearInterval(timer);
  }, [recorder]);
  return <span ref={ref} class="level" part="dictation-level" aria-hidden="true">{Array.from({ length: bars }, (_, at) => <i key={at} />)}</span>;
}

function fail(shell: Shell, message: string, error: unknown): void {
  shell.composer.problem.value = message;
  shell.chat.error(asError(error));
}
