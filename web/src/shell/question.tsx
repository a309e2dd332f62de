import type { JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Conversation } from '../core/conversation';
import type { StructuredInput, StructuredInputItem } from '../core/protocol.generated';
import { Icon } from '../icons';
import { format } from '../locales';
import { IconButton } from '../ui/button';
import { sends } from '../ui/keys';
import { useMessages, useShell } from '../state/context';
import { useFittingHeight } from '../ui/fit-height';
import { answerTo, choose, isAnswered, noAnswer, start, submission, typeOwn, withAnswer, type Answer, type Answering } from './question-model';
import { questionCss } from '../styles/question.css';
import { addStyles } from '../ui/late-styles';

addStyles(questionCss);

/** Takes the composer's place while structured input waits for its answers: one question at a time. */
export function Question({ item }: { item: StructuredInputItem }): JSX.Element | null {
  const shell = useShell();
  const { question: messages } = useMessages();
  const [state, setState] = useAnswering(item);
  const question = item.inputs[state.at];
  if (question === undefined) return null;
  const answer = answerTo(state, question);
  const count = item.inputs.length;
  const last = state.at === count - 1;
  const busy = shell.store.phase.value !== 'idle';

  const advance = (given: Answer): void => {
    const next = withAnswer(state, question, given);
    setState(last ? next : { ...next, at: state.at + 1 });
    if (last) void shell.store.conversation.peek().answer(item.id, submission(item.inputs, next));
  };
  const skipAll = (): void => void shell.store.conversation.peek().answer(item.id, submission(item.inputs, start));
  return (
    <section class="question" part="structured-input-form" aria-label={messages.label}>
      <div class="question-head">
        {state.at > 0 && <IconButton size="sm" icon="back-small" label={messages.back} onClick={() => setState({ ...state, at: state.at - 1 })} />}
        {count > 1 && <span class="muted">{format(messages.progress, { at: state.at + 1, count })}</span>}
        <span class="grow" />
        <IconButton size="sm" icon="close" label={messages.skipAll} onClick={skipAll} disabled={busy} />
      </div>
      <QuestionFields key={question.id} question={question} answer={answer} onChange={(given) => setState(withAnswer(state, question, given))} onSend={(given) => advance(given)} />
      <div class="question-bar">
        <button type="button" class="button button-plain" disabled={busy} onClick={() => advance({ ...noAnswer, skipped: true })}>{messages.skip}</button>
        <span class="grow" />
        <button type="button" class="button button-primary" disabled={busy || !isAnswered(answer)} onClick={() => advance(answer)}>{last ? messages.submit : messages.next}</button>
      </div>
    </section>
  );
}

/** Answers so far: the form goes while they are sent, and comes back when they did not get there. */
const begun = new WeakMap<Conversation, { id: string; state: Answering }>();

function useAnswering({ id }: StructuredInputItem): [Answering, (state: Answering) => void] {
  const conversation = useShell().store.conversation.value;
  const [state, setState] = useState(() => {
    const kept = begun.get(conversation);
    return kept?.id === id ? kept.state : start;
  });
  return [state, (next) => {
    begun.set(conversation, { id, state: next });
    setState(next);
  }];
}

interface FieldsProps {
  question: StructuredInput;
  answer: Answer;
  onChange: (answer: Answer) => void;
  onSend: (answer: Answer) => void;
}

function QuestionFields({ question, answer, onChange, onSend }: FieldsProps): JSX.Element {
  const id = useId();
  const { composer } = useShell();
  const body = useRef<HTMLDivElement>(null);
  // A question with options takes focus itself, so that it is read out before them; one without goes to its field.
  useEffect(() => {
    if (!composer.engaged) return;
    const target = question.type === 'freeform' ? 'textarea' : 'h3';
    body.current?.querySelector<HTMLElement>(target)?.focus({ preventScroll: true });
  }, [composer, question.type]);
  return (
    <div ref={body} class="question-body" role="group" aria-labelledby={id}>
      <h3 id={id} class="question-title" tabIndex={-1} dir="auto">{question.question}</h3>
      {question.type === 'freeform' && question.description && <p class="muted question-description" dir="auto">{question.description}</p>}
      {question.type === 'multiple_choice' && <Choices question={question} answer={answer} onChange={onChange} onSend={onSend} />}
      <OwnAnswer question={question} answer={answer} onChange={onChange} onSend={onSend} />
    </div>
  );
}

function Choices({ question, answer, onChange }: FieldsProps & { question: Extract<StructuredInput, { type: 'multiple_choice' }> }): JSX.Element {
  const multiple = question.multiple ?? false;
  return (
    <div class="choices">
      {question.options.map(({ value }) => (
        <label key={value} class={answer.values.includes(value) ? 'choice choice-chosen' : 'choice'}>
          <input
            type={multiple ? 'checkbox' : 'radio'}
            name={question.id}
            checked={answer.values.includes(value)}
            onChange={() => onChange(choose(answer, value, multiple))}
          />
          <span dir="auto">{value}</span>
          <Icon name="check" size={16} />
        </label>
      ))}
    </div>
  );
}

function OwnAnswer({ question, answer, onChange, onSend }: FieldsProps): JSX.Element {
  const { question: messages } = useMessages();
  const multiple = question.type === 'multiple_choice' && (question.multiple ?? false);
  const label = question.type === 'multiple_choice' ? messages.own : messages.placeholder;
  const field = useRef<HTMLTextAreaElement>(null);
  useFittingHeight(field);
  return (
    <textarea
      ref={field}
      class="question-own"
      rows={1}
      dir="auto"
      aria-label={label}
      placeholder={label}
      value={answer.own}
      onInput={(event) => onChange(typeOwn(answer, event.currentTarget.value, multiple))}
      onKeyDown={(event) => {
        if (!sends(event)) return;
        event.preventDefault();
        if (isAnswered(answer)) onSend(answer);
      }}
    />
  );
}
