/** Streamdown in a plain list, as its README shows it: it renders Markdown and has neither thread nor composer. */
import { useState, type JSX } from 'react';
import { createRoot } from 'react-dom/client';
import { Streamdown } from 'streamdown';
import 'streamdown/styles.css';
import type { Contestant, Message } from './contestant';

let update: (change: (messages: readonly Message[]) => readonly Message[]) => void = () => undefined;
let streaming = false;

function List({ initial }: { initial: readonly Message[] }): JSX.Element {
  const [messages, setMessages] = useState(initial);
  update = setMessages;
  return (
    <div className="frame">
      <div className="scroller">
        {messages.map(({ id, role, text }, at) => (
          <div key={id} className={`message ${role}`}>
            {role === 'user' ? text
              : <Streamdown {...(streaming && at === messages.length - 1 ? { isAnimating: true } : { mode: 'static' })}>{text}</Streamdown>}
          </div>
        ))}
      </div>
    </div>
  );
}

const streamdown: Contestant = {
  mount(host, messages) {
    createRoot(host).render(<List initial={messages} />);
  },
  ask(question) {
    streaming = true;
    update((messages) => [...messages, { id: 'question', role: 'user', text: question }, { id: 'answer', role: 'assistant', text: '' }]);
    return {
      push: (delta) => update((messages) => {
        const last = messages[messages.length - 1] as Message;
        return [...messages.slice(0, -1), { ...last, text: last.text + delta }];
      }),
      end: () => undefined,
    };
  },
  newest() {
    const answers = document.querySelectorAll('.message.assistant');
    return answers[answers.length - 1]?.textContent ?? '';
  },
  field: () => null,
};

export default streamdown;
