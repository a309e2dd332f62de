/** English, the source of all other languages. `{name}` marks a value put in by `format`. */
export const en = {
  widgets: {
    code: 'Code',
    copyCode: 'Copy',
    copied: 'Copied',
    copyFailed: 'Could not copy',
    table: 'Table',
    image: 'Image',
    taskDone: 'Done',
    taskOpen: 'To do',
  },
};
