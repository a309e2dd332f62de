/** Items that are not plain messages, and the sources of messages: the chunk of `details-lazy.ts`. */
import type { ComponentType } from 'preact';
import type { ThreadItem } from '../../core/protocol.generated';
import { detailsCss } from '../../styles/details.css';
import { addStyles } from '../../ui/late-styles';
import type { DetailType } from '../details-lazy';
import { ClientToolRow, GeneratedImageRow, StructuredInputRow, ToolRow, WidgetRow } from './others';
import { TaskRow, WorkflowRow } from './workflow';

export { EndingRow } from './ending';
export { NoticeRow } from './notice';
export { OwnOr } from './own';
export { marksOf, Sources } from './sources';
export { TroubleRow } from './trouble';
export { Telling } from '../telling';

addStyles(detailsCss);

export const renderers: { readonly [T in DetailType]: ComponentType<{ item: Extract<ThreadItem, { type: T }> }> } = {
  widget: WidgetRow,
  workflow: WorkflowRow,
  task: TaskRow,
  generated_image: GeneratedImageRow,
  client_tool_call: ClientToolRow,
  tool_call: ToolRow,
  structured_input: StructuredInputRow,
};
