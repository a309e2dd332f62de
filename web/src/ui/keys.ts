/** What a key press means, whatever the input method and the device. */

/** Whether the key belongs to an input method that is composing. Safari tells of the Enter that ended a composition after its end: as 229. */
export function composing(event: Pick<KeyboardEvent, 'isComposing' | 'keyCode'>): boolean {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else tells it
  return event.isComposing || event.keyCode === 229;
}

/** On touch screens there is no Shift to hold, so Enter begins a line and the button sends. */
const touch = (): boolean => matchMedia('(pointer: coarse)').matches;

/** Whether a key press in a field of several lines sends: Enter alone, on touch screens with Ctrl or Command. */
export function sends(event: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'altKey' | 'ctrlKey' | 'metaKey' | 'isComposing' | 'keyCode'>): boolean {
  if (composing(event) || event.key !== 'Enter' || event.shiftKey || event.altKey) return false;
  return event.ctrlKey || event.metaKey || !touch();
}

/** What the Enter key of a keyboard on the screen says. */
export function enterHint(): 'enter' | 'send' {
  return touch() ? 'enter' : 'send';
}
