/** Answering structured input: which question is up, what is chosen, what is sent. Pure. */
import type { StructuredInput, StructuredInputSubmission } from '../core/protocol.generated';

export interface Answer {
  readonly values: readonly string[];
  /** Free text: the whole answer, or the user's own beside the options. */
  readonly own: string;
  readonly skipped: boolean;
}

export interface Answering {
  readonly at: number;
  readonly answers: Readonly<Record<string, Answer>>;
}

export const noAnswer: Answer = { values: [], own: '', skipped: false };
export const start: Answering = { at: 0, answers: {} };

export function answerTo(state: Answering, question: StructuredInput): Answer {
  return state.answers[question.id] ?? noAnswer;
}

export function withAnswer(state: Answering, question: StructuredInput, answer: Answer): Answering {
  return { ...state, answers: { ...state.answers, [question.id]: answer } };
}

/** Chooses an option: the only one, or one more or less of several. */
export function choose(answer: Answer, value: string, multiple: boolean): Answer {
  if (!multiple) return { values: [value], own: '', skipped: false };
  const values = answer.values.includes(value) ? answer.values.filter((each) => each !== value) : [...answer.values, value];
  return { ...answer, values, skipped: false };
}

/** Types an own answer: instead of the option where one is allowed, beside them where several are. */
export function typeOwn(answer: Answer, own: string, multiple: boolean): Answer {
  return { values: multiple || own === '' ? answer.values : [], own, skipped: false };
}

export function valuesOf(answer: Answer): string[] {
  const own = answer.own.trim();
  return own === '' || answer.values.includes(own) ? [...answer.values] : [...answer.values, own];
}

export function isAnswered(answer: Answer): boolean {
  return valuesOf(answer).length > 0;
}

/** What goes to the server when the last question has been passed; skipped as a whole when nothing was answered. */
export function submission(inputs: readonly StructuredInput[], state: Answering): StructuredInputSubmission {
  const answers = Object.fromEntries(inputs.map((input) => {
    const answer = answerTo(state, input);
    return [input.id, answer.skipped || !isAnswered(answer) ? { values: [], skipped: true } : { values: valuesOf(answer), skipped: false }];
  }));
  return { status: Object.values(answers).every(({ skipped }) => skipped) ? 'skipped' : 'answered', answers };
}
