import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { Task, TaskItem, Workflow, WorkflowItem } from '../../core/protocol.generated';
import { Icon } from '../../icons';
import { plural, type Messages } from '../../locales';
import { useMessages, useShell } from '../../state/context';
import { Markdown } from '../markdown';
import { SourceList } from './sources';

/** A collapsible list of tasks. Open while it works or when the server wants it so; the user's choice wins. */
export function WorkflowRow({ item }: { item: WorkflowItem }): JSX.Element {
  const shell = useShell();
  const { workflow: messages } = useMessages();
  const { workflow } = item;
  const [chosen, setChosen] = useState<boolean | null>(null);
  const id = useId();
  const working = shell.store.isStreaming(item.id) && workflow.summary == null;
  const open = chosen ?? ((workflow.expanded ?? false) || working);
  const icon = workflow.summary != null && 'title' in workflow.summary ? workflow.summary.icon : null;
  const title = (
    <>
      {icon != null && <Icon name={icon} size={16} />}
      <span class={working ? 'shimmer' : undefined}>{titleOf(workflow, working, messages, shell.locale.value)}</span>
    </>
  );
  // Where there is nothing to unfold, nothing says that there is.
  if (workflow.tasks.length === 0) return <section class="workflow" part="workflow" aria-busy={working}><div class="workflow-toggle">{title}</div></section>;
  return (
    <section class="workflow" part="workflow" aria-busy={working}>
      <button type="button" class="workflow-toggle" aria-expanded={open} aria-controls={id} onClick={() => setChosen(!open)}>
        {title}
        <Icon name="chevron-right" size={14} />
      </button>
      <div id={id} class={open ? 'fold fold-open' : 'fold'} inert={!open}>
        <ol class="tasks">
          {workflow.tasks.map((task, at) => <li key={at} class="task-line"><TaskView task={task} working={working} /></li>)}
        </ol>
      </div>
    </section>
  );
}

function titleOf(workflow: Workflow, working: boolean, messages: Messages['workflow'], locale: string): string {
  const { summary } = workflow;
  if (summary != null && 'title' in summary) return summary.title;
  if (summary != null) return durationOf(summary.duration, messages, locale);
  if (!working) return workflow.type === 'reasoning' ? messages.thought : messages.done;
  const current = workflow.tasks.findLast((task) => task.status_indicator === 'loading') ?? workflow.tasks.at(-1);
  return (current === undefined ? null : taskTitle(current, messages)) ?? (workflow.type === 'reasoning' ? messages.thinking : messages.working);
}

/** `seconds` in words. */
function durationOf(seconds: number, messages: Messages['workflow'], locale: string): string {
  return seconds < 60 ? plural(locale, messages.duration, Math.max(1, Math.round(seconds))) : plural(locale, messages.minutes, Math.round(seconds / 60));
}

function taskTitle(task: Task, messages: Messages['workflow']): string | null {
  if (task.title) return task.title;
  switch (task.type) {
    case 'web_search':
      return task.title_query ?? messages.searching;
    case 'file':
      return messages.reading;
    case 'image':
      return messages.image;
    case 'thought':
      return null;
    case 'custom':
      return null;
  }
}

const taskIcons: Record<Task['type'], string> = { custom: 'dot', web_search: 'globe', thought: 'lightbulb', file: 'document', image: 'square-image' };

function TaskView({ task, working }: { task: Task; working: boolean }): JSX.Element {
  const { workflow: messages } = useMessages();
  const status = task.status_indicator ?? 'none';
  const loading = status === 'loading' && working;
  const icon = task.type === 'custom' && task.icon ? task.icon : taskIcons[task.type];
  const title = taskTitle(task, messages);
  return (
    <div class="task" part="task">
      <span class="task-mark">
        {loading ? <span class="spinner" role="img" aria-label={messages.loading} />
          : status === 'complete' ? <Icon name="check" size={14} label={messages.complete} />
          : <Icon name={icon} size={icon === 'dot' ? 10 : 14} />}
      </span>
      <div class="task-body">
        {title !== null && <div class="task-title">{title}</div>}
        {(task.type === 'thought' || task.type === 'custom') && task.content && <Markdown class="task-content" text={task.content} />}
        {task.type === 'web_search' && <Queries queries={task.queries ?? []} />}
        {(task.type === 'web_search' || task.type === 'file') && (task.sources ?? []).length > 0 && <SourceList sources={task.sources ?? []} />}
      </div>
    </div>
  );
}

function Queries({ queries }: { queries: readonly string[] }): JSX.Element | null {
  if (queries.length === 0) return null;
  return <ul class="queries">{queries.map((query) => <li key={query} class="query"><Icon name="search" size={12} />{query}</li>)}</ul>;
}

/** A task that stands alone. */
export function TaskRow({ item }: { item: TaskItem }): JSX.Element {
  const { store } = useShell();
  return <div class="task-row"><TaskView task={item.task} working={store.isStreaming(item.id) || item.task.status_indicator === 'loading'} /></div>;
}
