/** English, the source of all other languages. `{name}` marks a value put in by `format`. */
export const en = {
  widgets: {},
};
