/** What an edited message says: `plainText`, and back. Pure. */
import type { UserMessageContent, UserMessageItem, UserMessageInput } from '../../core/protocol.generated';
import { trimmed } from '../../state/composer-model';

type Content = readonly UserMessageContent[];
type Tag = Extract<UserMessageContent, { type: 'input_tag' }>;

/** How `plainText` writes a tag. */
const written = (tag: Tag): string => `@${tag.text}`;

/** The text with the tags of `before` that are still in it, in their order; those that are not are gone. */
export function contentOf(text: string, before: Content): UserMessageContent[] {
  const tags = before.filter((part) => part.type === 'input_tag');
  const content: UserMessageContent[] = [];
  let at = 0;
  for (const tag of tags) {
    const found = text.indexOf(written(tag), at);
    if (found < 0) continue;
    if (found > at) content.push({ type: 'input_text', text: text.slice(at, found) });
    content.push(tag);
    at = found + written(tag).length;
  }
  if (at < text.length) content.push({ type: 'input_text', text: text.slice(at) });
  return trimmed(content);
}

/** What goes to the server: the new text; quotation, files, tool and model as they were. */
export function inputOf(item: UserMessageItem, text: string): UserMessageInput {
  return {
    content: contentOf(text, item.content),
    attachments: (item.attachments ?? []).map(({ id }) => id),
    ...(item.quoted_text == null ? {} : { quoted_text: item.quoted_text }),
    inference_options: item.inference_options,
  };
}
