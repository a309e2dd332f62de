import type { JSX } from 'preact';
import { useContext, useLayoutEffect, useMemo, useReducer, useRef } from 'preact/hooks';
import { Icon } from '../icons';
import { asAction } from './actions';
import { backgroundStyles } from './box';
import { Spinner } from './Button';
import { FormFrame, SubmitContext } from './FormFrame';
import { schemeOf } from './layout';
import { Children } from './registry';
import { useAction, useRefused, useScope } from './scope';
import { Status } from './Status';
import type { ActionConfig, WidgetNode } from './types';
import { isRecord } from '../core/validate';
import * as v from '../ui/values';

const SIZES = new Set(['sm', 'md', 'lg', 'full'] as const);

/** What was chosen in the footer; null as long as nothing was. */
type Outcome = 'confirm' | 'cancel' | null;

interface Choice {
  label: string;
  action: ActionConfig;
}

function choiceOf(value: unknown): Choice | null {
  if (!isRecord(value)) return null;
  const action = asAction(value['action']);
  return action && { label: v.text(value['label']), action };
}

export function Card({ node }: { node: WidgetNode }): JSX.Element {
  const [outcome, setOutcome] = useOutcome(node);
  const confirm = choiceOf(node['confirm']);
  const cancel = choiceOf(node['cancel']);
  const isForm = node['asForm'] === true;
  const folded = outcome !== null && node['collapsed'] === true;
  const styles = { ...backgroundStyles(node), ...v.border(node['border']) };
  const names = `w-card w-card-${v.oneOf(node['size'], SIZES) ?? 'md'}`;
  const done = (chosen: Outcome) => (succeeded: boolean): void => {
    if (succeeded) setOutcome(chosen);
  };
  const content = (
    <>
      <Status value={node['status']} />
      {!folded && <div class="w-card-body" inert={isForm && outcome !== null} style={v.sides('padding', node['padding'])}><Children of={node} /></div>}
      {(confirm ?? cancel) && <Footer confirm={confirm} cancel={cancel} isForm={isForm} outcome={outcome} onDone={done} />}
    </>
  );
  if (!isForm) return <div class={names} style={styles} data-scheme={schemeOf(node)}>{content}</div>;
  return (
    <FormFrame node={node} class={names} style={styles} scheme={schemeOf(node)} action={confirm?.action ?? null} trigger="card" onDone={done('confirm')}>{content}</FormFrame>
  );
}

/**
 * The outcome holds for the version of the card that was acted on: when the server sends another one, also while the action
 * runs, its buttons mean something new.
 */
function useOutcome(node: WidgetNode): [Outcome, (outcome: Outcome) => void] {
  const { host } = useScope();
  const known = useMemo(() => host.remembered?.('outcomes', () => new Map<string, Outcome>()) ?? new Map<string, Outcome>(), [host]);
  const [, render] = useReducer((count: number) => count + 1, 0);
  const version = JSON.stringify([node.children, node['confirm'], node['cancel']]);
  const last = useRef(version);
  if (last.current !== version) known.delete(last.current);
  last.current = version;
  const set = (outcome: Outcome): void => {
    known.set(version, outcome);
    render(undefined);
  };
  return [known.get(version) ?? null, set];
}

interface FooterProps {
  confirm: Choice | null;
  cancel: Choice | null;
  isForm: boolean;
  outcome: Outcome;
  onDone: (chosen: Outcome) => (succeeded: boolean) => void;
}

function Footer({ confirm, cancel, isForm, outcome, onDone }: FooterProps): JSX.Element {
  const state = useRef<HTMLParagraphElement>(null);
  useLayoutEffect(() => {
    // The button that had focus is gone: what replaced it takes it over.
    if (outcome) state.current?.focus({ preventScroll: true });
  }, [outcome]);
  if (outcome) {
    const chosen = outcome === 'confirm' ? confirm : cancel;
    return (
      <p class={`w-outcome w-outcome-${outcome}`} role="status" tabIndex={-1} ref={state}>
        <Icon name={outcome === 'confirm' ? 'check-circle-filled' : 'close'} />{chosen?.label}
      </p>
    );
  }
  return (
    <div class="w-card-footer">
      {cancel && <FooterButton choice={cancel} kind="cancel" submits={false} onDone={onDone('cancel')} />}
      {confirm && <FooterButton choice={confirm} kind="confirm" submits={isForm} onDone={onDone('confirm')} />}
    </div>
  );
}

interface FooterButtonProps {
  choice: Choice;
  kind: 'confirm' | 'cancel';
  submits: boolean;
  onDone: (succeeded: boolean) => void;
}

function FooterButton({ choice, kind, submits, onDone }: FooterButtonProps): JSX.Element {
  const { host } = useScope();
  const { fire, busy } = useAction();
  const form = useContext(SubmitContext);
  const refused = useRefused(choice.action);
  const working = busy || (submits && form?.busy === true);
  const click = (event: Event): void => {
    if (refused || working) event.preventDefault();
    else if (!submits) void fire(choice.action, 'card').then(onDone);
  };
  return (
    <button class={`w-button w-control w-size-lg w-solid w-hue-${kind === 'confirm' ? 'primary' : 'secondary'}`} type={submits ? 'submit' : 'button'}
      aria-disabled={refused || working || undefined} aria-busy={working || undefined} title={refused ? host.messages.widgets.waiting : undefined} onClick={click}>
      {working && <Spinner />}
      <span class="w-button-label" dir="auto">{choice.label}</span>
    </button>
  );
}
