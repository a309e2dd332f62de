/** What only some composers have comes when it is asked for: tools, models and files; mentions and commands; dictation. */
import { useShell, type Shell } from './context';
import { Lazy, useLazy } from './lazy';

export const parts = new Lazy(() => import('../composer'));
const selection = new Lazy(() => import('../composer/selection'));

/** Whether tags are in the text or may come into it. Reads signals. */
export function wantsEditor({ options, composer }: Pick<Shell, 'options' | 'composer'>): boolean {
  return options.value?.entities.onTagSearch !== undefined || options.value?.commands?.enabled === true || composer.tags.value.length > 0;
}

/** Whether the options or what stands in the composer call for more than a text field. Reads signals. */
function wantsParts({ options, composer }: Shell): boolean {
  const { attachments, tools, models, dictation } = options.value?.composer ?? {};
  if (wantsEditor({ options, composer })) return true;
  const offered = (tools?.length ?? 0) + (models?.length ?? 0) > 0 || attachments?.enabled === true || dictation?.enabled === true;
  return offered || options.value?.entities.onRequestPreview !== undefined || composer.files.value.length > 0 || composer.problem.value !== null;
}

/** What replies to selected text; there is none to select before there is a thread. */
export function useSelection(): Awaited<ReturnType<typeof selection.load>> | null {
  return useLazy(selection, useShell().store.conversation.value.id !== null);
}

/** The parts, null until they are there, and whether room has to be kept for them. */
export function useParts(): { wanted: boolean; parts: Awaited<ReturnType<typeof parts.load>> | null } {
  const wanted = wantsParts(useShell());
  return { wanted, parts: useLazy(parts, wanted) };
}
