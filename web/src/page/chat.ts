/** The chat on the page, as its helpers see it: from outside, through what is published. */

export const chatTags = ['openai-chatkit', 'open-chatkit'] as const;

/** Finds the chat and everything in it. */
export const chatSelector = chatTags.join(',');

/** What nobody but its reader shall see. */
export const privateSelector = '[data-chatkit-private]';

/** White space as it shows, and no longer than that many characters. */
export function shortened(text: string, length: number): string {
  const characters = Array.from(text.replace(/\s+/g, ' ').trim());
  return characters.length <= length ? characters.join('') : characters.slice(0, length - 1).join('').trimEnd() + '…';
}
