/** What code leaves behind, counted as in a browser. To be imported before what is counted. */
import '../../../tests/browser/leftovers.js';

declare global {
  var leftovers: { held(): string[] };
}
