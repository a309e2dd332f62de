/** What lies beside the element is built by builds of their own, whose files are emitted by the plugin that asked. */
import { build, mergeConfig, type InlineConfig } from 'vite';

type Output = Extract<Awaited<ReturnType<typeof build>>, { output: unknown }>['output'];

type RolldownOptions = NonNullable<NonNullable<InlineConfig['build']>['rolldownOptions']>;

/** The files of a build of its own with these options, the entry first. `what` it builds is for the words of an error. */
export async function built(what: string, rolldownOptions: RolldownOptions, more: InlineConfig = {}): Promise<Output> {
  const common: InlineConfig = {
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: { target: 'es2022', write: false, modulePreload: false, rolldownOptions },
  };
  const made = await build(mergeConfig(common, more));
  const output = Array.isArray(made) ? made[0] : made;
  if (output === undefined || !('output' in output)) throw new Error(`${what} was not built.`);
  return output.output;
}
