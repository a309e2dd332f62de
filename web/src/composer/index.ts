/** What only some composers have: tools, models, files, dictation. A chunk of its own. */
export { Bar } from './bar';
export { Problem } from './problem';
export { Tray } from './tray';
export { uploadsOf } from './uploads';
