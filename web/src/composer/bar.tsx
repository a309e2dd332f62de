import type { ToolOption } from '@openai/chatkit';
import type { JSX } from 'preact';
import { Icon } from '../icons';
import { format } from '../locales';
import { useMessages, useShell } from '../state/context';
import { AttachButton } from './attach';
import { Dictation } from './dictation';
import { Menu } from './menu';

/** The composer's lower row, up to the send button: files, tools, models, dictation. */
export function Bar({ locked }: { locked: boolean }): JSX.Element {
  const { composer: model, options } = useShell();
  const { composer: messages } = useMessages();
  const entities = options.value?.entities;
  const { attachments, dictation, tools = [], models = [] } = options.value?.composer ?? {};
  return (
    <div class="bar">
      <div class="bar-start">
        {attachments?.enabled === true && <AttachButton disabled={locked} />}
        {tools.length > 0 && <Tools tools={tools} disabled={locked} />}
        {entities?.showComposerMenu === true && entities.onTagSearch !== undefined && (
          <button type="button" class="bar-button bar-icon" part="mention-button" aria-label={messages.mention} title={messages.mention} disabled={locked} onClick={() => model.add('@')}>
            <Icon name="lucide:at-sign" size={18} />
          </button>
        )}
      </div>
      <div class="bar-end">
        {models.length > 0 && <Models disabled={locked} />}
        {dictation?.enabled === true && <Dictation disabled={locked} />}
      </div>
    </div>
  );
}

/** Pinned tools stand for themselves, the others are in a menu; the one that is chosen shows its name. */
function Tools({ tools, disabled }: { tools: readonly ToolOption[]; disabled: boolean }): JSX.Element {
  const { composer: model } = useShell();
  const { composer: messages } = useMessages();
  const chosen = model.toolId.value;
  const listed = tools.filter((tool) => tool.pinned !== true);
  const toggle = (id: string): void => {
    model.selectTool(id === chosen ? null : id);
    model.focus();
  };
  const unpinned = listed.find((tool) => tool.id === chosen);
  return (
    <>
      {listed.length > 0 && (
        <Menu label={messages.tools} button="bar-button" part="tools-button" choices={listed} selected={chosen} onSelect={toggle} disabled={disabled}>
          <Icon name="settings-slider" size={18} /><span class="bar-label bar-label-wide">{messages.tools}</span>
        </Menu>
      )}
      {unpinned !== undefined && (
        <button
          type="button" class="bar-button bar-tool" part="tool" aria-pressed aria-label={format(messages.removeTool, { name: unpinned.label })}
          title={format(messages.removeTool, { name: unpinned.label })} disabled={disabled} onClick={() => toggle(unpinned.id)}
        >
          <Icon name={unpinned.icon} size={18} /><span class="bar-label">{unpinned.shortLabel ?? unpinned.label}</span><Icon name="close" size={14} />
        </button>
      )}
      {tools.filter((tool) => tool.pinned).map((tool) => (
        <button
          key={tool.id} type="button" class="bar-button bar-tool" part="tool" aria-pressed={tool.id === chosen} aria-label={tool.label} title={tool.label}
          disabled={disabled} onClick={() => toggle(tool.id)}
        >
          <Icon name={tool.icon} size={18} /><span class={tool.id === chosen ? 'bar-label' : 'bar-label bar-label-wide'}>{tool.shortLabel ?? tool.label}</span>
        </button>
      ))}
    </>
  );
}

function Models({ disabled }: { disabled: boolean }): JSX.Element {
  const { composer: model, options } = useShell();
  const { composer: messages } = useMessages();
  const chosen = model.model;
  const select = (id: string): void => {
    model.modelId.value = id;
    model.focus();
  };
  return (
    <Menu
      label={format(messages.model, { name: chosen?.label ?? '' })} button="bar-button bar-model" part="model-button" align="end"
      choices={options.value?.composer.models ?? []} selected={chosen?.id ?? null} onSelect={select} disabled={disabled}
    >
      <span class="bar-label" dir="auto">{chosen?.label ?? messages.models}</span><Icon name="chevron-down" size={14} />
    </Menu>
  );
}
