/** Client tools: calls that the page answers. */
import type { ConversationHost } from './conversation-types';
import { asError, ChatKitError } from './errors';
import type { ClientToolCallItem } from './protocol.generated';

/**
 * Has the page run a call. Never rejects: a failure is the result, `{"error": message}`, and told to the page. So is an
 * answer that JSON cannot hold; none at all is null.
 */
export async function callTool(host: ConversationHost, call: ClientToolCallItem): Promise<unknown> {
  const handler = host.clientTool();
  try {
    if (handler === undefined) {
      throw new ChatKitError(`The page has no onClientTool, but the server calls the client tool "${call.name}".`, { code: 'options' });
    }
    const answer = JSON.stringify(await handler({ name: call.name, params: call.arguments })) as string | undefined;
    return answer === undefined ? null : JSON.parse(answer);
  } catch (error) {
    host.error(asError(error));
    return { error: asError(error).message };
  }
}
