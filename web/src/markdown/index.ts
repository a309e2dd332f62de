export type { AnnotationMark } from './annotations';
export { unpiled } from './clean';
export { DEEP_LINK_PROTOCOL, linkTarget, parseDeepLink, type DeepLink } from './links';
export { renderMarkdown, StreamingMarkdown, type MarkdownOptions } from './streaming';
export type { PictureRule } from './pictures';
