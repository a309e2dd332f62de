/** Brings the style sheet of the composer's parts. */
import { addStyles } from '../ui/late-styles';
import { composerCss } from './composer.css';

addStyles(composerCss);
