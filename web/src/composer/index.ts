/** What only some composers have: tools, models, files, mentions and commands, dictation. A chunk of its own. */
import './styles';

export { Bar } from './bar';
export { Editor } from './editor';
export { Pasted } from './pasted';
export { Previews } from './preview';
export { Problem } from './problem';
export { Tray } from './tray';
export { uploadsOf } from './uploads';
