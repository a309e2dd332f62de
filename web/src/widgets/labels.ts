/** How a control gets its name: from its `Label`, else from what else the server said about it. */
import { useContext, useLayoutEffect, useState } from 'preact/hooks';
import { FormContext } from './form';
import { fieldId, useScope } from './scope';

/** `todo.dueDate` → `due Date` → `Due date`: better than a control without a name. */
export function wordsOf(name: string): string {
  const last = name.split('.').pop() ?? '';
  const words = last.replace(/([a-z\d])([A-Z])/g, '$1 $2').replace(/[_-]+/g, ' ').trim().toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export interface Labelling {
  'aria-labelledby'?: string;
  'aria-label'?: string;
}

/** Naming attributes for the control of a field. A `Label` may come later than its control, so this looks after each render. */
export function useLabelling(name: string, fallback: string): Labelling {
  const scope = useScope();
  const label = `${fieldId(scope, useContext(FormContext), name)}-label`;
  const [labelled, setLabelled] = useState(false);
  useLayoutEffect(() => {
    setLabelled(scope.labelExists(label));
  });
  return labelled ? { 'aria-labelledby': label } : { 'aria-label': fallback || wordsOf(name) };
}
