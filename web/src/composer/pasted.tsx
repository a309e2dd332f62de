import type { JSX } from 'preact';
import { IconButton, Button } from '../ui/button';
import { Icon } from '../icons';
import type { ComposerModel } from '../state/composer-model';
import { useMessages, useShell } from '../state/context';
import { merged } from './content';
import { isAccepted } from './limits';
import { uploadsOf } from './uploads';

/** Takes the pasted text out of the composer and returns it; null when it is not in it any more. */
export function takePasted(model: ComposerModel): string | null {
  const pasted = model.pasted.peek();
  model.pasted.value = null;
  const content = model.content.peek();
  const found = content.find((part) => part.type === 'input_text' && pasted !== null && part.text.includes(pasted));
  if (pasted === null || found === undefined) return null;
  model.put(merged(content.map((part) => (part === found ? { type: 'input_text', text: found.text.replace(pasted, () => '') } : part))));
  model.focus();
  return pasted;
}

/** Offers a long text that was pasted as a file, where files are taken. */
export function Pasted(): JSX.Element {
  const shell = useShell();
  const { composer: model, options } = shell;
  const { composer: messages } = useMessages();
  const pasted = model.pasted.value;
  const limits = options.value?.composer.attachments;
  const name = `${messages.pastedName}.txt`;
  const offered = pasted !== null && limits?.enabled === true && isAccepted(limits, { name, type: 'text/plain' }) && model.text.value.includes(pasted);
  const attach = (): void => {
    const text = takePasted(model);
    if (text !== null) uploadsOf(shell).add([new File([text], name, { type: 'text/plain' })]);
  };
  const dismiss = (): void => {
    model.pasted.value = null;
    model.focus();
  };
  return (
    <div class="composer-pasted" part="composer-pasted" role="status" hidden={!offered}>
      {offered && (
        <>
          <Icon name="document" size={18} />
          <span>{messages.pastedLong}</span>
          <Button onClick={attach}>{messages.pastedAttach}</Button>
          <IconButton size="sm" icon="close" label={messages.dismiss} onClick={dismiss} />
        </>
      )}
    </div>
  );
}
