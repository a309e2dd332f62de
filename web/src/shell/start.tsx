import type { StartScreenPrompt } from '@openai/chatkit';
import type { JSX } from 'preact';
import { Icon } from '../icons';
import type { UserMessageContent } from '../core/protocol.generated';
import { useMessages, useShell } from '../state/context';

/** Greeting and prompts of a new thread. */
export function StartScreen(): JSX.Element {
  const shell = useShell();
  const { start: messages } = useMessages();
  const { greeting, prompts } = shell.options.value?.startScreen ?? {};
  const { title, description } = typeof greeting === 'object' ? greeting : { title: greeting };
  return (
    <div class="start" part="start-screen">
      <slot name="start-screen">
        <p class="greeting" part="greeting" dir="auto">{title ?? messages.greeting}</p>
        {description && <p class="greeting-more" part="greeting-description" dir="auto">{description}</p>}
      </slot>
      {prompts !== undefined && prompts.length > 0 && (
        <ul class="prompts" part="prompts" aria-label={messages.prompts}>
          {prompts.map((prompt, at) => <li key={at}><Prompt prompt={prompt} /></li>)}
        </ul>
      )}
    </div>
  );
}

function Prompt({ prompt }: { prompt: StartScreenPrompt }): JSX.Element {
  const shell = useShell();
  const send = (): void => {
    if (shell.store.phase.peek() !== 'idle') return;
    void shell.chat.send({
      content: contentOf(prompt.prompt),
      toolId: shell.composer.tool?.id,
      model: shell.composer.model?.id,
    }).catch((error: unknown) => shell.chat.log('prompt.unsent', { message: String(error) }));
  };
  return (
    <button type="button" class="prompt" part="prompt" onClick={send}>
      {prompt.icon !== undefined && <Icon name={prompt.icon} size={18} />}
      <span dir="auto">{prompt.label}</span>
    </button>
  );
}

/** A string is one text; tags get the data the protocol wants. @throws TypeError for anything else. */
export function contentOf(prompt: StartScreenPrompt['prompt']): UserMessageContent[] {
  if (typeof prompt === 'string') return [{ type: 'input_text', text: prompt }];
  if (!Array.isArray(prompt)) throw new TypeError('A message is a text, or a list of texts and tags.');
  return prompt.map((part) => (part.type === 'input_text' ? part : { ...part, data: part.data ?? {} }));
}
