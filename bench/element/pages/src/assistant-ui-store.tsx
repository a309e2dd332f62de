/** What both compositions of assistant-ui share: messages that the page owns (its external store), and Markdown. */
import { AssistantRuntimeProvider, ComposerPrimitive, MessagePrimitive, useExternalStoreRuntime, type ThreadMessageLike } from '@assistant-ui/react';
import { MarkdownTextPrimitive } from '@assistant-ui/react-markdown';
import { useState, type JSX, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import remarkGfm from 'remark-gfm';
import type { Contestant, Message } from './contestant';

const plugins = [remarkGfm];

/** The cheapest of its settings: no typing effect, and parsing that may skip states under load. */
const Markdown = (): JSX.Element => <MarkdownTextPrimitive remarkPlugins={plugins} smooth={false} defer />;
const parts = { Text: Markdown };

export const UserMessage = (): JSX.Element => (
  <MessagePrimitive.Root className="message user skipped"><MessagePrimitive.Parts /></MessagePrimitive.Root>
);
export const AssistantMessage = (): JSX.Element => (
  <MessagePrimitive.Root className="message assistant skipped"><MessagePrimitive.Parts components={parts} /></MessagePrimitive.Root>
);
export const Composer = (): JSX.Element => (
  <ComposerPrimitive.Root><ComposerPrimitive.Input placeholder="Message" /><ComposerPrimitive.Send>Send</ComposerPrimitive.Send></ComposerPrimitive.Root>
);

interface State {
  readonly messages: readonly Message[];
  readonly isRunning: boolean;
}

const convert = ({ id, role, text }: Message): ThreadMessageLike => ({ id, role, content: [{ type: 'text', text }] });

let update: (change: (state: State) => State) => void = () => undefined;

function Provider({ initial, children }: { initial: readonly Message[]; children: ReactNode }): JSX.Element {
  const [state, setState] = useState<State>({ messages: initial, isRunning: false });
  update = setState;
  const runtime = useExternalStoreRuntime({ messages: state.messages, isRunning: state.isRunning, convertMessage: convert, onNew: () => Promise.resolve() });
  return <AssistantRuntimeProvider runtime={runtime}>{children}</AssistantRuntimeProvider>;
}

/** A contestant that shows `Thread`. */
export function contestantOf(Thread: () => JSX.Element): Contestant {
  return {
    mount(host, messages) {
      createRoot(host).render(<Provider initial={messages}><Thread /></Provider>);
    },
    ask(question) {
      update(({ messages }) => ({
        messages: [...messages, { id: 'question', role: 'user', text: question }, { id: 'answer', role: 'assistant', text: '' }],
        isRunning: true,
      }));
      return {
        push: (delta) => update(({ messages }) => {
          const last = messages[messages.length - 1] as Message;
          return { messages: [...messages.slice(0, -1), { ...last, text: last.text + delta }], isRunning: true };
        }),
        end: () => update(({ messages }) => ({ messages, isRunning: false })),
      };
    },
    newest() {
      const answers = document.querySelectorAll('.message.assistant');
      return answers[answers.length - 1]?.textContent ?? '';
    },
    field: () => document.querySelector('textarea'),
  };
}
