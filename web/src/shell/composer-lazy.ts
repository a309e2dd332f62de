/** What only some composers have comes when it is asked for: tools, models and files; mentions and commands; dictation. */
import { useEffect } from 'preact/hooks';
import { useShell, type Shell } from './context';
import { Lazy } from './lazy';

export const parts = new Lazy(() => import('../composer'));

/** Whether the options or what stands in the composer call for more than a text field. Reads signals. */
function wantsParts({ options, composer }: Shell): boolean {
  const { attachments, tools, models, dictation } = options.value?.composer ?? {};
  const offered = (tools?.length ?? 0) + (models?.length ?? 0) > 0 || attachments?.enabled === true || dictation?.enabled === true;
  return offered || composer.files.value.length > 0 || composer.problem.value !== null;
}

function useLazy<T>(lazy: Lazy<T>, wanted: boolean): T | null {
  const { chat } = useShell();
  useEffect(() => {
    if (wanted) lazy.load().catch((error: unknown) => chat.log('composer.unavailable', { message: String(error) }));
  }, [lazy, wanted, chat]);
  return wanted ? lazy.module.value : null;
}

/** The parts, null until they are there, and whether room has to be kept for them. */
export function useParts(): { wanted: boolean; parts: Awaited<ReturnType<typeof parts.load>> | null } {
  const wanted = wantsParts(useShell());
  return { wanted, parts: useLazy(parts, wanted) };
}
