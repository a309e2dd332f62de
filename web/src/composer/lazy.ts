/** What only some composers have comes when it is asked for: tools, models and files; mentions and commands; dictation. */
import { useShell, type Shell } from '../state/context';
import { Lazy, useLazy } from '../state/lazy';

export const parts = new Lazy(() => import('.'));
const selection = new Lazy(() => import('./selection'));

/** Whether tags are in the text or may come into it. Reads signals. */
export function wantsEditor({ options, composer }: Pick<Shell, 'options' | 'composer'>): boolean {
  return options.value?.entities.onTagSearch !== undefined || options.value?.commands?.enabled === true || composer.tags.value.length > 0;
}

/** Whether the send button has others in its row. Reads signals. */
export function wantsBar({ options }: Pick<Shell, 'options'>): boolean {
  const { attachments, tools, models, dictation } = options.value?.composer ?? {};
  const { showComposerMenu, onTagSearch } = options.value?.entities ?? {};
  if ((tools?.length ?? 0) + (models?.length ?? 0) > 0 || (showComposerMenu === true && onTagSearch !== undefined)) return true;
  return attachments?.enabled === true || dictation?.enabled === true;
}

/** Whether the options or what stands in the composer call for more than a text field. Reads signals. */
function wantsParts({ options, composer }: Shell): boolean {
  if (wantsEditor({ options, composer }) || wantsBar({ options })) return true;
  return options.value?.entities.onRequestPreview !== undefined || composer.files.value.length > 0 || composer.problem.value !== null;
}

/** What replies to selected text; there is none to select before there is a thread. */
export function useSelection(): Awaited<ReturnType<typeof selection.load>> | null {
  return useLazy(selection, useShell().store.conversation.value.id !== null);
}

/** The parts, null until they are there or when none are wanted. */
export function useParts(): Awaited<ReturnType<typeof parts.load>> | null {
  return useLazy(parts, wantsParts(useShell()));
}
