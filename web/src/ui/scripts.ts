/** Scripts that put no spaces between words, for regular expressions with the flag `u`. */

const SPACELESS = ['Han', 'Hiragana', 'Katakana', 'Hangul', 'Bopomofo', 'Yi', 'Thai', 'Lao', 'Khmer', 'Myanmar', 'Tibetan']
  .map((script) => String.raw`\p{Script=${script}}`).join('');
/** A character of these scripts, or one of full width: `：` and `ー` belong to no script of their own. */
export const WIDE = String.raw`${SPACELESS}\u3000-\u33ff\ufe10-\ufe1f\ufe30-\ufe4f\uff00-\uffef`;
