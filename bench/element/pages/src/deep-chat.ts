/** deep-chat, answered through its `handler` with `stream`, as its documentation of `connect` shows. */
import 'deep-chat';
import type { DeepChat } from 'deep-chat';
import type { Answer, Contestant } from './contestant';

let chat: DeepChat | null = null;
let answering: (answer: Answer) => void = () => undefined;

const deepChat: Contestant = {
  mount(host, messages) {
    chat = document.createElement('deep-chat') as DeepChat;
    chat.style.cssText = 'width: 100%; height: 100%; border: 0';
    chat.history = messages.map(({ role, text }) => ({ role: role === 'user' ? 'user' : 'ai', text }));
    chat.connect = {
      stream: true,
      handler: (_body, signals) => {
        signals.onOpen();
        answering({ push: (delta) => void signals.onResponse({ text: delta }), end: () => signals.onClose() });
      },
    };
    host.append(chat);
  },
  ask(question) {
    return new Promise((resolve) => {
      answering = resolve;
      chat?.submitUserMessage({ text: question });
    });
  },
  newest() {
    const answers = chat?.shadowRoot?.querySelectorAll('.ai-message-text');
    return answers?.[answers.length - 1]?.textContent ?? '';
  },
  root: () => chat?.shadowRoot ?? null,
  field: () => chat?.shadowRoot?.querySelector<HTMLElement>('#text-input') ?? null,
};

export default deepChat;
