/** The floor: text nodes, no Markdown, no framework. What the page and the measuring cost by themselves. */
import type { Contestant } from './contestant';

let list: HTMLElement;
let field: HTMLTextAreaElement;

function add(role: string, text: string): Text {
  const row = document.createElement('div');
  row.className = `message plain ${role}`;
  const node = document.createTextNode(text);
  row.append(node);
  list.append(row);
  return node;
}

const bare: Contestant = {
  mount(host, messages) {
    const frame = document.createElement('div');
    frame.className = 'frame';
    list = document.createElement('div');
    list.className = 'scroller';
    field = document.createElement('textarea');
    for (const { role, text } of messages) add(role, text);
    frame.append(list, field);
    host.append(frame);
    list.scrollTop = list.scrollHeight;
  },
  ask(question) {
    add('user', question);
    const answer = add('assistant', '');
    return { push: (delta) => answer.appendData(delta), end: () => undefined };
  },
  newest: () => list.lastElementChild?.textContent ?? '',
  field: () => field ?? null,
};

export default bare;
