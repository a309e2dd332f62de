// Written by scripts/generate_protocol_types.py from the Python models: do not edit.

import type { Widgets } from '@openai/chatkit';

/** A widget's root, as pages know it. */
export type WidgetRoot = Widgets.Card | Widgets.ListView | Widgets.BasicRoot;
/** A component inside a widget, as pages know it. */
export type WidgetComponent = Widgets.WidgetComponent;

/** Text as the user typed it. */
export interface UserMessageTextContent {
  type: 'input_text';
  text: string;
}

/** An @-mention of an entity. `data` is the page's own and comes from the client: do not trust it. */
export interface UserMessageTagContent {
  type: 'input_tag';
  id: string;
  text: string;
  data: Record<string, unknown>;
  group?: string | null;
  interactive?: boolean;
}

export type UserMessageContent =
  | UserMessageTextContent
  | UserMessageTagContent;

/** The tool that the user picked for one message. */
export interface ToolChoice {
  id: string;
}

/** What the user chose in the composer for one message. */
export interface InferenceOptions {
  tool_choice?: ToolChoice | null;
  model?: string | null;
}

/** A user message on its way in: attachments by id. */
export interface UserMessageInput {
  content: UserMessageContent[];
  attachments: string[];
  quoted_text?: string | null;
  inference_options: InferenceOptions;
  metadata?: Record<string, unknown>;
}

/** The first message. */
export interface ThreadCreateParams {
  input: UserMessageInput;
}

/** Opens a thread with a message and answers it. */
export interface ThreadsCreateReq {
  metadata?: Record<string, unknown>;
  extensions?: string[];
  request_id?: string | null;
  if_busy?: 'reject' | 'stop';
  type: 'threads.create';
  params: ThreadCreateParams;
}

/** A message, and the thread it belongs to. */
export interface ThreadAddUserMessageParams {
  input: UserMessageInput;
  thread_id: string;
}

/** Adds a message to a thread and answers it. */
export interface ThreadsAddUserMessageReq {
  metadata?: Record<string, unknown>;
  extensions?: string[];
  request_id?: string | null;
  if_busy?: 'reject' | 'stop';
  type: 'threads.add_user_message';
  params: ThreadAddUserMessageParams;
}

/** What the pending client tool gave; any JSON. */
export interface ThreadAddClientToolOutputParams {
  thread_id: string;
  result: unknown;
}

/** Hands in a client tool's output and goes on with the answer. */
export interface ThreadsAddClientToolOutputReq {
  metadata?: Record<string, unknown>;
  extensions?: string[];
  request_id?: string | null;
  if_busy?: 'reject' | 'stop';
  type: 'threads.add_client_tool_output';
  params: ThreadAddClientToolOutputParams;
}

/** One answer as the client sends it. */
export interface StructuredInputAnswerSubmission {
  values?: string[];
  skipped?: boolean;
}

/** All answers as the client sends them, by question id, at most 1,000; or that the whole was skipped. */
export interface StructuredInputSubmission {
  status?: 'answered' | 'skipped';
  answers?: Record<string, StructuredInputAnswerSubmission>;
}

/** The answers to a structured input. */
export interface ThreadAddStructuredInputParams {
  thread_id: string;
  item_id: string;
  input: StructuredInputSubmission;
}

/** Hands in the answers to a structured input and goes on with the answer. */
export interface ThreadsAddStructuredInputReq {
  metadata?: Record<string, unknown>;
  extensions?: string[];
  request_id?: string | null;
  if_busy?: 'reject' | 'stop';
  type: 'threads.add_structured_input';
  params: ThreadAddStructuredInputParams;
}

/** The user message to answer anew; with `input` (extension `edit`), as the user has edited it. */
export interface ThreadRetryAfterItemParams {
  thread_id: string;
  item_id: string;
  input?: UserMessageInput | null;
}

/** Deletes everything after a user message and answers it anew. */
export interface ThreadsRetryAfterItemReq {
  metadata?: Record<string, unknown>;
  extensions?: string[];
  request_id?: string | null;
  if_busy?: 'reject' | 'stop';
  type: 'threads.retry_after_item';
  params: ThreadRetryAfterItemParams;
}

/** An action as it reaches the server: its type and the payload, form values included. */
export interface Action<TType, TPayload> {
  type: TType;
  payload?: TPayload;
}

/** An action, and the widget it came from, if it came from one. */
export interface ThreadCustomActionParams {
  thread_id: string;
  item_id?: string | null;
  action: Action<string, unknown>;
}

/** Runs an action that answers with a stream. */
export interface ThreadsCustomActionReq {
  metadata?: Record<string, unknown>;
  extensions?: string[];
  request_id?: string | null;
  if_busy?: 'reject' | 'stop';
  type: 'threads.custom_action';
  params: ThreadCustomActionParams;
}

/** Which thread. */
export interface ThreadGetByIdParams {
  thread_id: string;
}

/** A thread with its first page of items. */
export interface ThreadsGetByIdReq {
  metadata?: Record<string, unknown>;
  extensions?: string[];
  request_id?: string | null;
  if_busy?: 'reject' | 'stop';
  type: 'threads.get_by_id';
  params: ThreadGetByIdParams;
}

/** Which page of threads; `limit` is 20 unless given, 100 at most. */
export interface ThreadListParams {
  limit?: number | null;
  order?: 'asc' | 'desc';
  after?: string | null;
}

/** A page of threads. */
export interface ThreadsListReq {
  metadata?: Record<string, unknown>;
  extensions?: string[];
  request_id?: string | null;
  if_busy?: 'reject' | 'stop';
  type: 'threads.list';
  params: ThreadListParams;
}

/** Which page of which thread's items; `limit` is 20 unless given, 100 at most. */
export interface ItemsListParams {
  thread_id: string;
  limit?: number | null;
  order?: 'asc' | 'desc';
  after?: string | null;
}

/** A page of items. */
export interface ItemsListReq {
  metadata?: Record<string, unknown>;
  extensions?: string[];
  request_id?: string | null;
  if_busy?: 'reject' | 'stop';
  type: 'items.list';
  params: ItemsListParams;
}

export type FeedbackKind =
  | 'positive'
  | 'negative';

/** What the user thinks of some items, at most 100. */
export interface ItemFeedbackParams {
  thread_id: string;
  item_ids: string[];
  kind: FeedbackKind;
}

/** Records feedback. */
export interface ItemsFeedbackReq {
  metadata?: Record<string, unknown>;
  extensions?: string[];
  request_id?: string | null;
  if_busy?: 'reject' | 'stop';
  type: 'items.feedback';
  params: ItemFeedbackParams;
}

/** A file that the client wants to upload; `size` in bytes. */
export interface AttachmentCreateParams {
  name: string;
  size: number;
  mime_type: string;
}

/** Registers an attachment and says where to upload it. */
export interface AttachmentsCreateReq {
  metadata?: Record<string, unknown>;
  extensions?: string[];
  request_id?: string | null;
  if_busy?: 'reject' | 'stop';
  type: 'attachments.create';
  params: AttachmentCreateParams;
}

/** Which attachment. */
export interface AttachmentDeleteParams {
  attachment_id: string;
}

/** Deletes an attachment. */
export interface AttachmentsDeleteReq {
  metadata?: Record<string, unknown>;
  extensions?: string[];
  request_id?: string | null;
  if_busy?: 'reject' | 'stop';
  type: 'attachments.delete';
  params: AttachmentDeleteParams;
}

/** A thread's new title. */
export interface ThreadUpdateParams {
  thread_id: string;
  title: string;
}

/** Renames a thread. */
export interface ThreadsUpdateReq {
  metadata?: Record<string, unknown>;
  extensions?: string[];
  request_id?: string | null;
  if_busy?: 'reject' | 'stop';
  type: 'threads.update';
  params: ThreadUpdateParams;
}

/** Which thread. */
export interface ThreadDeleteParams {
  thread_id: string;
}

/** Deletes a thread and its items. */
export interface ThreadsDeleteReq {
  metadata?: Record<string, unknown>;
  extensions?: string[];
  request_id?: string | null;
  if_busy?: 'reject' | 'stop';
  type: 'threads.delete';
  params: ThreadDeleteParams;
}

/** Recorded speech, base64. */
export interface InputTranscribeParams {
  audio_base64: string;
  mime_type: string;
}

/** Turns speech into text. */
export interface InputTranscribeReq {
  metadata?: Record<string, unknown>;
  extensions?: string[];
  request_id?: string | null;
  if_busy?: 'reject' | 'stop';
  type: 'input.transcribe';
  params: InputTranscribeParams;
}

/** Runs an action that answers at once, also during a response. */
export interface ThreadsSyncCustomActionReq {
  metadata?: Record<string, unknown>;
  extensions?: string[];
  request_id?: string | null;
  if_busy?: 'reject' | 'stop';
  type: 'threads.sync_custom_action';
  params: ThreadCustomActionParams;
}

/** Which run to follow: the thread's, unless named. */
export interface ThreadResumeParams {
  thread_id: string;
  run_id?: string | null;
  after?: string | null;
  request_id?: string | null;
}

/** Follows a run: what came after a position, then what comes, until it ends. */
export interface ThreadsResumeReq {
  metadata?: Record<string, unknown>;
  extensions?: string[];
  request_id?: string | null;
  if_busy?: 'reject' | 'stop';
  type: 'threads.resume';
  params: ThreadResumeParams;
}

/** Nothing: it is about all of the owner's threads. */
export type WatchParams = Record<string, never>;

/** Tells of changes in any of the owner's threads, now and then not of all. */
export interface ThreadsWatchReq {
  metadata?: Record<string, unknown>;
  extensions?: string[];
  request_id?: string | null;
  if_busy?: 'reject' | 'stop';
  type: 'threads.watch';
  params?: WatchParams;
}

/** Which run to stop. Any other run of the thread goes on. */
export interface ThreadStopParams {
  thread_id: string;
  run_id: string;
}

/** The user's stop. It answers when what was written is stored. */
export interface ThreadsStopReq {
  metadata?: Record<string, unknown>;
  extensions?: string[];
  request_id?: string | null;
  if_busy?: 'reject' | 'stop';
  type: 'threads.stop';
  params: ThreadStopParams;
}

/** Which client tool call, and whoever wants to run it: any text that no other tab has. */
export interface ItemsClaimParams {
  thread_id: string;
  item_id: string;
  claimant: string;
}

/** Claims a client tool call before it is run, or goes on claiming it while it runs. */
export interface ItemsClaimReq {
  metadata?: Record<string, unknown>;
  extensions?: string[];
  request_id?: string | null;
  if_busy?: 'reject' | 'stop';
  type: 'items.claim';
  params: ItemsClaimParams;
}

export type ChatKitReq =
  | ThreadsCreateReq
  | ThreadsAddUserMessageReq
  | ThreadsAddClientToolOutputReq
  | ThreadsAddStructuredInputReq
  | ThreadsRetryAfterItemReq
  | ThreadsCustomActionReq
  | ThreadsGetByIdReq
  | ThreadsListReq
  | ItemsListReq
  | ItemsFeedbackReq
  | AttachmentsCreateReq
  | AttachmentsDeleteReq
  | ThreadsUpdateReq
  | ThreadsDeleteReq
  | InputTranscribeReq
  | ThreadsSyncCustomActionReq
  | ThreadsResumeReq
  | ThreadsWatchReq
  | ThreadsStopReq
  | ItemsClaimReq;

/** The thread takes messages. */
export interface ActiveStatus {
  type: 'active';
}

/** The thread takes no messages for now; `reason` is shown to the user. */
export interface LockedStatus {
  type: 'locked';
  reason?: string | null;
}

/** The thread takes no messages any more; `reason` is shown to the user. */
export interface ClosedStatus {
  type: 'closed';
  reason?: string | null;
}

/** Some rows of a longer list. `after` is the id to ask for the next page with, when `has_more`. */
export interface Page<T> {
  data?: T[];
  has_more?: boolean;
  after?: string | null;
}

/** Where and how the client sends the bytes, in two-phase uploads. */
export interface AttachmentUploadDescriptor {
  url: string;
  method: 'POST' | 'PUT';
  headers?: Record<string, string>;
}

/** A file without a preview. */
export interface FileAttachment {
  id: string;
  name: string;
  mime_type: string;
  upload_descriptor?: AttachmentUploadDescriptor | null;
  thread_id?: string | null;
  metadata?: Record<string, unknown> | null;
  type: 'file';
}

/** An image; `preview_url` is what the client shows. */
export interface ImageAttachment {
  id: string;
  name: string;
  mime_type: string;
  upload_descriptor?: AttachmentUploadDescriptor | null;
  thread_id?: string | null;
  metadata?: Record<string, unknown> | null;
  type: 'image';
  preview_url: string;
}

export type Attachment =
  | FileAttachment
  | ImageAttachment;

/** What the user sent. `quoted_text` is the part of an answer that they reply to. */
export interface UserMessageItem {
  id: string;
  thread_id: string;
  created_at: string;
  type: 'user_message';
  content: UserMessageContent[];
  attachments?: Attachment[];
  quoted_text?: string | null;
  inference_options: InferenceOptions;
}

/** A web page. `attribution` names the publisher. */
export interface URLSource {
  title: string;
  description?: string | null;
  timestamp?: string | null;
  group?: string | null;
  type: 'url';
  url: string;
  attribution?: string | null;
}

/** A file, by its name. */
export interface FileSource {
  title: string;
  description?: string | null;
  timestamp?: string | null;
  group?: string | null;
  type: 'file';
  filename: string;
}

/** A thing of the application's own (a person, a document, an order). */
export interface EntitySource {
  title: string;
  description?: string | null;
  timestamp?: string | null;
  group?: string | null;
  type: 'entity';
  id: string;
  icon?: string | null;
  label?: string | null;
  inline_label?: string | null;
  interactive?: boolean;
  data?: Record<string, unknown>;
  preview?: 'lazy' | null;
}

/** A citation. `index` is the character of the text that it stands behind; without one it belongs to the whole. */
export interface Annotation {
  type: 'annotation';
  source: URLSource | FileSource | EntitySource;
  index?: number | null;
}

/** One part of an answer: Markdown text and its citations. */
export interface AssistantMessageContent {
  annotations?: Annotation[];
  text: string;
  type: 'output_text';
}

/** What the assistant answered. */
export interface AssistantMessageItem {
  id: string;
  thread_id: string;
  created_at: string;
  type: 'assistant_message';
  content: AssistantMessageContent[];
  status?: 'incomplete' | 'stopped' | null;
}

/** A tool that the page runs. Pending until the client sends its output. */
export interface ClientToolCallItem {
  id: string;
  thread_id: string;
  created_at: string;
  type: 'client_tool_call';
  status?: 'pending' | 'completed';
  call_id: string;
  name: string;
  arguments: Record<string, unknown>;
  output?: unknown;
}

/** A tool that the server ran (an extension: sent only where the application asks for it). */
export interface ToolCallItem {
  id: string;
  thread_id: string;
  created_at: string;
  type: 'tool_call';
  status?: 'in_progress' | 'completed' | 'failed';
  call_id: string;
  name: string;
  arguments?: Record<string, unknown>;
  output?: unknown;
  hosted?: boolean;
}

/** A widget. `copy_text` is what copying the widget puts on the clipboard. */
export interface WidgetItem {
  id: string;
  thread_id: string;
  created_at: string;
  type: 'widget';
  widget: WidgetRoot;
  copy_text?: string | null;
}

/** An image that the model made; `url` may be a data URL. */
export interface GeneratedImage {
  id: string;
  url: string;
}

/** A generated image; without an image it is still being made. */
export interface GeneratedImageItem {
  id: string;
  thread_id: string;
  created_at: string;
  type: 'generated_image';
  image?: GeneratedImage | null;
}

/** The answer to one question: the values chosen or typed, or that it was skipped. */
export interface StructuredInputAnswer {
  values?: string[];
  skipped?: boolean;
}

/** One choice. */
export interface StructuredInputMultipleChoiceOption {
  value: string;
}

/** Choices, of which the user may also write one of their own. Only the first value counts unless `multiple`. */
export interface StructuredInputMultipleChoice {
  id: string;
  question: string;
  answer?: StructuredInputAnswer | null;
  type: 'multiple_choice';
  options: StructuredInputMultipleChoiceOption[];
  multiple?: boolean;
}

/** A question answered in words. */
export interface StructuredInputFreeform {
  id: string;
  question: string;
  answer?: StructuredInputAnswer | null;
  type: 'freeform';
  description?: string | null;
}

export type StructuredInput =
  | StructuredInputMultipleChoice
  | StructuredInputFreeform;

/** Questions that take over the composer until they are answered or skipped. */
export interface StructuredInputItem {
  id: string;
  thread_id: string;
  created_at: string;
  type: 'structured_input';
  status?: 'pending' | 'answered' | 'skipped';
  inputs: StructuredInput[];
}

/** A step in the application's own words; `content` is Markdown. */
export interface CustomTask {
  status_indicator?: 'none' | 'loading' | 'complete';
  type: 'custom';
  title?: string | null;
  icon?: string | null;
  content?: string | null;
}

/** A web search: what was asked, and the pages found. */
export interface SearchTask {
  status_indicator?: 'none' | 'loading' | 'complete';
  type: 'web_search';
  title?: string | null;
  title_query?: string | null;
  queries?: string[];
  sources?: URLSource[];
}

/** One thought of a reasoning model; `content` is Markdown. */
export interface ThoughtTask {
  status_indicator?: 'none' | 'loading' | 'complete';
  type: 'thought';
  title?: string | null;
  content: string;
}

/** Files being read. */
export interface FileTask {
  status_indicator?: 'none' | 'loading' | 'complete';
  type: 'file';
  title?: string | null;
  sources?: FileSource[];
}

/** An image being made. */
export interface ImageTask {
  status_indicator?: 'none' | 'loading' | 'complete';
  type: 'image';
  title?: string | null;
}

export type Task =
  | CustomTask
  | SearchTask
  | ThoughtTask
  | FileTask
  | ImageTask;

/** A workflow's summary in words. */
export interface CustomSummary {
  title: string;
  icon?: string | null;
}

/** A workflow's summary as the time it took, in seconds. */
export interface DurationSummary {
  duration: number;
}

/** Steps shown together; folded to the summary once it ends, unless `expanded`. */
export interface Workflow {
  type: 'custom' | 'reasoning';
  tasks: Task[];
  summary?: CustomSummary | DurationSummary | null;
  expanded?: boolean;
}

/** A workflow. */
export interface WorkflowItem {
  id: string;
  thread_id: string;
  created_at: string;
  type: 'workflow';
  workflow: Workflow;
}

/** A task on its own. */
export interface TaskItem {
  id: string;
  thread_id: string;
  created_at: string;
  type: 'task';
  task: CustomTask | SearchTask | ThoughtTask | FileTask | ImageTask;
}

/** Something for the model that the user never sees. It never leaves the server. */
export interface HiddenContextItem {
  id: string;
  thread_id: string;
  created_at: string;
  type: 'hidden_context_item';
  content: unknown;
}

/** As `HiddenContextItem`, written by this package itself. */
export interface SDKHiddenContextItem {
  id: string;
  thread_id: string;
  created_at: string;
  type: 'sdk_hidden_context';
  content: string;
}

/** Marks that the assistant is done, where several items make up one turn. */
export interface EndOfTurnItem {
  id: string;
  thread_id: string;
  created_at: string;
  type: 'end_of_turn';
}

export type ThreadItem =
  | UserMessageItem
  | AssistantMessageItem
  | ClientToolCallItem
  | ToolCallItem
  | WidgetItem
  | GeneratedImageItem
  | StructuredInputItem
  | WorkflowItem
  | TaskItem
  | HiddenContextItem
  | SDKHiddenContextItem
  | EndOfTurnItem;

/** A run that is going on in a thread. */
export interface ActiveRun {
  id: string;
}

/** A thread as a client sees it, with a page of its items. */
export interface Thread {
  title?: string | null;
  id: string;
  created_at: string;
  status?: ActiveStatus | LockedStatus | ClosedStatus;
  allowed_image_domains?: string[] | null;
  metadata?: Record<string, unknown>;
  items: Page<ThreadItem>;
  extensions?: string[] | null;
  active_run?: ActiveRun | null;
}

/** A new thread exists. */
export interface ThreadCreatedEvent {
  type: 'thread.created';
  thread: Thread;
}

/** The thread's metadata changed. Clients keep the items they have. */
export interface ThreadUpdatedEvent {
  type: 'thread.updated';
  thread: Thread;
}

/** The item is final; it is stored before the event is sent. */
export interface ThreadItemDoneEvent {
  type: 'thread.item.done';
  item: UserMessageItem | AssistantMessageItem | ClientToolCallItem | ToolCallItem | WidgetItem | GeneratedImageItem | StructuredInputItem | WorkflowItem | TaskItem | HiddenContextItem | SDKHiddenContextItem | EndOfTurnItem;
}

/** An item begins to stream. Nothing is stored yet. */
export interface ThreadItemAddedEvent {
  type: 'thread.item.added';
  item: UserMessageItem | AssistantMessageItem | ClientToolCallItem | ToolCallItem | WidgetItem | GeneratedImageItem | StructuredInputItem | WorkflowItem | TaskItem | HiddenContextItem | SDKHiddenContextItem | EndOfTurnItem;
}

/** Appends `delta` to the text of part `content_index`. */
export interface AssistantMessageContentPartTextDelta {
  type: 'assistant_message.content_part.text_delta';
  content_index: number;
  delta: string;
}

/** Sets part `content_index` of an assistant message. */
export interface AssistantMessageContentPartAdded {
  type: 'assistant_message.content_part.added';
  content_index: number;
  content: AssistantMessageContent;
}

/** Inserts an annotation at `annotation_index` of part `content_index`; past the end, it is appended. */
export interface AssistantMessageContentPartAnnotationAdded {
  type: 'assistant_message.content_part.annotation_added';
  content_index: number;
  annotation_index: number;
  annotation: Annotation;
}

/** Sets the final state of part `content_index`. */
export interface AssistantMessageContentPartDone {
  type: 'assistant_message.content_part.done';
  content_index: number;
  content: AssistantMessageContent;
}

/** Appends `delta` to the `value` of the `Text` or `Markdown` with that id; `done` ends its streaming. */
export interface WidgetStreamingTextValueDelta {
  type: 'widget.streaming_text.value_delta';
  component_id: string;
  delta: string;
  done: boolean;
}

/** Replaces the component with that id, wherever it stands in the widget. */
export interface WidgetComponentUpdated {
  type: 'widget.component.updated';
  component_id: string;
  component: WidgetComponent;
}

/** Replaces the whole widget. */
export interface WidgetRootUpdated {
  type: 'widget.root.updated';
  widget: WidgetRoot;
}

/** Inserts a task at `task_index`. */
export interface WorkflowTaskAdded {
  type: 'workflow.task.added';
  task_index: number;
  task: CustomTask | SearchTask | ThoughtTask | FileTask | ImageTask;
}

/** Sets the task at `task_index`. */
export interface WorkflowTaskUpdated {
  type: 'workflow.task.updated';
  task_index: number;
  task: CustomTask | SearchTask | ThoughtTask | FileTask | ImageTask;
}

/** Sets the image so far; `progress` goes from 0 to 1. */
export interface GeneratedImageUpdated {
  type: 'generated_image.updated';
  image: GeneratedImage;
  progress?: number | null;
}

export type ThreadItemUpdate =
  | AssistantMessageContentPartTextDelta
  | AssistantMessageContentPartAdded | AssistantMessageContentPartAnnotationAdded | AssistantMessageContentPartDone | WidgetStreamingTextValueDelta | WidgetComponentUpdated | WidgetRootUpdated | WorkflowTaskAdded | WorkflowTaskUpdated | GeneratedImageUpdated;

/** A change to a streaming item. Nothing is stored. */
export interface ThreadItemUpdatedEvent {
  type: 'thread.item.updated';
  item_id: string;
  update: ThreadItemUpdate;
}

/** The item is gone; it is deleted before the event is sent. */
export interface ThreadItemRemovedEvent {
  type: 'thread.item.removed';
  item_id: string;
}

/** The item has a new state; it is saved before the event is sent. */
export interface ThreadItemReplacedEvent {
  type: 'thread.item.replaced';
  item: UserMessageItem | AssistantMessageItem | ClientToolCallItem | ToolCallItem | WidgetItem | GeneratedImageItem | StructuredInputItem | WorkflowItem | TaskItem | HiddenContextItem | SDKHiddenContextItem | EndOfTurnItem;
}

/** Settings of one answer: whether the user may stop it. */
export interface StreamOptions {
  allow_cancel: boolean;
}

/** The settings of the answer that follows, and which of the extensions that the client asked for there are. */
export interface StreamOptionsEvent {
  type: 'stream_options';
  stream_options: StreamOptions;
  extensions?: string[] | null;
  run_id?: string | null;
}

/** What the assistant is doing; shown until the next visible event. */
export interface ProgressUpdateEvent {
  type: 'progress_update';
  icon?: string | null;
  text: string;
}

/** Something for the page to do, without an answer. */
export interface ClientEffectEvent {
  type: 'client_effect';
  name: string;
  data?: Record<string, unknown>;
}

/** The answer ended with an error; `message` is given for code `custom`, else the client has words for the code. */
export interface ErrorEvent {
  type: 'error';
  code?: 'stream.error' | 'thread.locked' | 'thread.closed' | 'thread.busy' | 'runs.too_many' | 'custom';
  message?: string | null;
  allow_retry?: boolean;
}

/** A remark to the user that is not part of the conversation; `message` is Markdown. */
export interface NoticeEvent {
  type: 'notice';
  level: 'info' | 'warning' | 'danger';
  message: string;
  title?: string | null;
}

export type ThreadStreamEvent =
  | ThreadCreatedEvent
  | ThreadUpdatedEvent
  | ThreadItemDoneEvent
  | ThreadItemAddedEvent
  | ThreadItemUpdatedEvent
  | ThreadItemRemovedEvent
  | ThreadItemReplacedEvent
  | StreamOptionsEvent
  | ProgressUpdateEvent
  | ClientEffectEvent
  | ErrorEvent
  | NoticeEvent;

/** A thread without its items. */
export interface ThreadMetadata {
  title?: string | null;
  id: string;
  created_at: string;
  status?: ActiveStatus | LockedStatus | ClosedStatus;
  allowed_image_domains?: string[] | null;
  metadata?: Record<string, unknown>;
}

export type Source =
  | URLSource
  | FileSource
  | EntitySource;

/** What a synchronous action answers: the item it changed, if any. */
export interface SyncCustomActionResponse {
  updated_item?: ThreadItem | null;
}

/** The text that was spoken. */
export interface TranscriptionResult {
  text: string;
}

/** An action as a widget carries it. An `Action` is accepted wherever one of these is expected. */
export interface ActionConfig {
  type: string;
  payload?: unknown;
  handler?: 'client' | 'server';
  loadingBehavior?: 'auto' | 'none' | 'self' | 'container';
  streaming?: boolean;
}

export type RunOutcome =
  | 'completed'
  | 'stopped'
  | 'interrupted'
  | 'failed'
  | 'refused';

/** The last event of a followed run; in `threads.watch`, that one ended. `run_id` is missing when there is none. */
export interface RunEndedEvent {
  type: 'run.ended';
  outcome: RunOutcome;
  thread_id?: string | null;
  run_id?: string | null;
}

/** What the client has cannot be gone on with: it fetches the thread anew, then folds what follows. */
export interface StreamResetEvent {
  type: 'stream.reset';
}

/** How the run ended; nothing when it had not ended five seconds later. */
export interface StopRunResponse {
  outcome?: RunOutcome | null;
}

/** Whether the call is the claimant's, for how many seconds unless it claims again. Else another has it; or, when it */
export interface ClaimItemResponse {
  claimed: boolean;
  seconds?: number | null;
  pending?: boolean;
}

/** From now on changes are told. What happened before is to be asked for. */
export interface WatchOpenedEvent {
  type: 'watch.opened';
}

/** A thread has another title or state; without an id, any of them may have. */
export interface ThreadChangedEvent {
  type: 'thread.changed';
  thread_id?: string | null;
}

/** A thread is gone. */
export interface ThreadDeletedEvent {
  type: 'thread.deleted';
  thread_id: string;
}

/** A run began in a thread. */
export interface RunStartedEvent {
  type: 'run.started';
  thread_id: string;
  run_id: string;
}
