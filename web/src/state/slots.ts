/**
 * What the page puts beside the buttons of messages: nodes with the slot `message-actions-ITEM` for one message, and a
 * `<template slot="message-actions">` for all answers.
 */
export interface Slots {
  /** The slots that have nodes. */
  readonly names: ReadonlySet<string>;
  readonly template: HTMLTemplateElement | null;
}

export const prefix = 'message-actions';
export const noSlots: Slots = { names: new Set(), template: null };

/** Tells what there is, now and whenever it changes; the result ends that. */
export function watchSlots(host: HTMLElement, tell: (slots: Slots) => void): () => void {
  const look = (): void => {
    const nodes = [...host.children].filter((node) => node.slot.startsWith(prefix));
    const template = nodes.find((node) => node instanceof HTMLTemplateElement && node.slot === prefix);
    tell(nodes.length === 0 ? noSlots : { names: new Set(nodes.map((node) => node.slot)), template: template instanceof HTMLTemplateElement ? template : null });
  };
  const observer = new MutationObserver(look);
  observer.observe(host, { childList: true, subtree: true, attributes: true, attributeFilter: ['slot'] });
  look();
  return () => observer.disconnect();
}
