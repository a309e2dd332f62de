/** Defines `<openai-chatkit>`, and `<open-chatkit>` as another name for it. Loading it twice does no harm. */
import type { OwnEvents } from './core/chat';
import { OpenAIChatKitElement } from './element';

class OpenChatKitElement extends OpenAIChatKitElement {}

if (customElements.get('openai-chatkit') === undefined) customElements.define('openai-chatkit', OpenAIChatKitElement);
if (customElements.get('open-chatkit') === undefined) customElements.define('open-chatkit', OpenChatKitElement);

export { OpenAIChatKitElement };
export type {
  CustomWidget, CustomWidgetDefinition, CustomWidgetHost, CustomWidgetProps, CustomWidgetRenderer, FieldSchema, FieldSchemas, ItemRenderer, OwnAction, OwnField,
  OwnFieldOptions, OwnHost, ToolCallRenderer,
} from './core/own-renderers';

declare global {
  interface HTMLElementTagNameMap {
    'openai-chatkit': OpenAIChatKitElement;
    'open-chatkit': OpenAIChatKitElement;
  }
  interface HTMLElementEventMap extends OwnEvents {
    'chatkit.ready': CustomEvent<void>;
  }
}
