// The protocol's types, as the server writes them to the wire.

import type { Widgets } from '@openai/chatkit';

export type WidgetRoot = Widgets.Card | Widgets.ListView | Widgets.BasicRoot;
export type WidgetComponent = Widgets.WidgetComponent;

export interface ActionConfig {
  type: string;
  payload?: unknown;
  handler?: 'client' | 'server';
  loadingBehavior?: 'auto' | 'none' | 'self' | 'container';
  streaming?: boolean;
}

export interface Page<T> { data: T[]; has_more: boolean; after?: string | null }

export interface ActiveStatus { type: 'active' }
export interface LockedStatus { type: 'locked'; reason?: string | null }
export interface ClosedStatus { type: 'closed'; reason?: string | null }
export type ThreadStatus = ActiveStatus | LockedStatus | ClosedStatus;

export interface ThreadMetadata {
  title?: string | null;
  id: string;
  created_at: string;
  status?: ThreadStatus;
  allowed_image_domains?: string[] | null;
  metadata?: Record<string, unknown>;
}
export interface Thread extends ThreadMetadata { items: Page<ThreadItem> }

export interface URLSource { type: 'url'; title: string; description?: string | null; timestamp?: string | null; group?: string | null; url: string; attribution?: string | null }
export interface FileSource { type: 'file'; title: string; description?: string | null; timestamp?: string | null; group?: string | null; filename: string }
export interface EntitySource {
  type: 'entity'; title: string; description?: string | null; timestamp?: string | null; group?: string | null; id: string; icon?: string | null;
  label?: string | null; inline_label?: string | null; interactive?: boolean; data?: Record<string, unknown>; preview?: 'lazy' | null;
}
export type Source = URLSource | FileSource | EntitySource;
export interface Annotation { type?: 'annotation'; source: Source; index?: number | null }

export interface UserMessageTextContent { type: 'input_text'; text: string }
export interface UserMessageTagContent { type: 'input_tag'; id: string; text: string; data: Record<string, unknown>; group?: string | null; interactive?: boolean }
export type UserMessageContent = UserMessageTextContent | UserMessageTagContent;
export interface ToolChoice { id: string }
export interface InferenceOptions { tool_choice?: ToolChoice | null; model?: string | null }
export interface UserMessageInput { content: UserMessageContent[]; attachments: string[]; quoted_text?: string | null; inference_options: InferenceOptions }

export interface AttachmentUploadDescriptor { url: string; method: 'POST' | 'PUT'; headers?: Record<string, string> }
interface AttachmentBase { id: string; name: string; mime_type: string; upload_descriptor?: AttachmentUploadDescriptor | null; thread_id?: string | null }
export interface FileAttachment extends AttachmentBase { type: 'file' }
export interface ImageAttachment extends AttachmentBase { type: 'image'; preview_url: string }
export type Attachment = FileAttachment | ImageAttachment;

export interface AssistantMessageContent { type?: 'output_text'; text: string; annotations?: Annotation[] }

interface ThreadItemBase { id: string; thread_id: string; created_at: string }
export interface UserMessageItem extends ThreadItemBase { type: 'user_message'; content: UserMessageContent[]; attachments?: Attachment[]; quoted_text?: string | null; inference_options?: InferenceOptions }
export interface AssistantMessageItem extends ThreadItemBase { type: 'assistant_message'; content: AssistantMessageContent[] }
export interface ClientToolCallItem extends ThreadItemBase { type: 'client_tool_call'; status?: 'pending' | 'completed'; call_id: string; name: string; arguments: Record<string, unknown>; output?: unknown }
export interface WidgetItem extends ThreadItemBase { type: 'widget'; widget: WidgetRoot; copy_text?: string | null }
export interface GeneratedImage { id: string; url: string }
export interface GeneratedImageItem extends ThreadItemBase { type: 'generated_image'; image?: GeneratedImage | null }
export interface StructuredInputAnswer { values?: string[]; skipped?: boolean }
export interface StructuredInputMultipleChoiceOption { value: string }
export interface StructuredInputMultipleChoice { type: 'multiple_choice'; id: string; question: string; answer?: StructuredInputAnswer | null; options: StructuredInputMultipleChoiceOption[]; multiple?: boolean }
export interface StructuredInputFreeform { type: 'freeform'; id: string; question: string; answer?: StructuredInputAnswer | null; description?: string | null }
export type StructuredInput = StructuredInputMultipleChoice | StructuredInputFreeform;
export interface StructuredInputItem extends ThreadItemBase { type: 'structured_input'; status?: 'pending' | 'answered' | 'skipped'; inputs: StructuredInput[] }
export interface TaskItem extends ThreadItemBase { type: 'task'; task: Task }
export interface WorkflowItem extends ThreadItemBase { type: 'workflow'; workflow: Workflow }
export interface EndOfTurnItem extends ThreadItemBase { type: 'end_of_turn' }
export interface HiddenContextItem extends ThreadItemBase { type: 'hidden_context_item'; content: unknown }
export interface SDKHiddenContextItem extends ThreadItemBase { type: 'sdk_hidden_context'; content: string }
export type ThreadItem =
  | UserMessageItem | AssistantMessageItem | ClientToolCallItem | WidgetItem | GeneratedImageItem | StructuredInputItem
  | WorkflowItem | TaskItem | HiddenContextItem | SDKHiddenContextItem | EndOfTurnItem;

export interface CustomSummary { title: string; icon?: string | null }
export interface DurationSummary { duration: number }
export type WorkflowSummary = CustomSummary | DurationSummary;
export interface Workflow { type: 'custom' | 'reasoning'; tasks: Task[]; summary?: WorkflowSummary | null; expanded?: boolean }
type StatusIndicator = 'none' | 'loading' | 'complete';
export interface CustomTask { type: 'custom'; status_indicator?: StatusIndicator; title?: string | null; icon?: string | null; content?: string | null }
export interface SearchTask { type: 'web_search'; status_indicator?: StatusIndicator; title?: string | null; title_query?: string | null; queries?: string[]; sources?: URLSource[] }
export interface ThoughtTask { type: 'thought'; status_indicator?: StatusIndicator; title?: string | null; content: string }
export interface FileTask { type: 'file'; status_indicator?: StatusIndicator; title?: string | null; sources?: FileSource[] }
export interface ImageTask { type: 'image'; status_indicator?: StatusIndicator; title?: string | null }
export type Task = CustomTask | SearchTask | ThoughtTask | FileTask | ImageTask;

export type ThreadItemUpdate =
  | { type: 'assistant_message.content_part.added'; content_index: number; content: AssistantMessageContent }
  | { type: 'assistant_message.content_part.text_delta'; content_index: number; delta: string }
  | { type: 'assistant_message.content_part.annotation_added'; content_index: number; annotation_index: number; annotation: Annotation }
  | { type: 'assistant_message.content_part.done'; content_index: number; content: AssistantMessageContent }
  | { type: 'widget.streaming_text.value_delta'; component_id: string; delta: string; done: boolean }
  | { type: 'widget.root.updated'; widget: WidgetRoot }
  | { type: 'widget.component.updated'; component_id: string; component: WidgetComponent }
  | { type: 'workflow.task.added'; task_index: number; task: Task }
  | { type: 'workflow.task.updated'; task_index: number; task: Task }
  | { type: 'generated_image.updated'; image: GeneratedImage; progress?: number | null };

export interface StreamOptions { allow_cancel: boolean }
export type ThreadStreamEvent =
  | { type: 'thread.created'; thread: Thread }
  | { type: 'thread.updated'; thread: Thread }
  | { type: 'thread.item.added'; item: ThreadItem }
  | { type: 'thread.item.updated'; item_id: string; update: ThreadItemUpdate }
  | { type: 'thread.item.done'; item: ThreadItem }
  | { type: 'thread.item.removed'; item_id: string }
  | { type: 'thread.item.replaced'; item: ThreadItem }
  | { type: 'stream_options'; stream_options: StreamOptions }
  | { type: 'progress_update'; icon?: string | null; text: string }
  | { type: 'client_effect'; name: string; data?: Record<string, unknown> }
  | { type: 'error'; code?: string; message?: string | null; allow_retry?: boolean }
  | { type: 'notice'; level: 'info' | 'warning' | 'danger'; message: string; title?: string | null };

export interface StructuredInputAnswerSubmission { values?: string[]; skipped?: boolean }
export interface StructuredInputSubmission { status?: 'answered' | 'skipped'; answers?: Record<string, StructuredInputAnswerSubmission> }
