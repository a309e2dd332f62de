/** Brings the style sheet of the composer's parts. */
import { addStyles } from '../styles/late';
import { composerCss } from './composer.css';

addStyles(composerCss);
