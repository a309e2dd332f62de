/** Items other than plain messages, and what hangs on messages: sources, workflows, tools, images, answers. */
export const detailsCss = `
/* --- what an answer waits for --- */
.trouble { font-size: var(--chatkit-text-sm); animation: ck-fade var(--chatkit-duration); }
.trouble > :not(.spinner, .button) { min-width: 0; line-height: 1.4; }
.trouble .button { flex: none; min-height: 32px; padding-inline: 12px; }

/* --- sources --- */
.citation { white-space: nowrap; }
.citation-label {
  display: inline-flex; align-items: center; gap: 4px; max-width: 22ch; height: 1.55em; padding: 0 0.6em; margin-inline: 2px; vertical-align: 0.08em;
  border-radius: var(--chatkit-radius-full); background: var(--chatkit-color-surface-tertiary); color: var(--chatkit-color-text-secondary);
  font-size: 0.72em; font-weight: 500; line-height: 1; text-decoration: none; overflow: hidden; text-overflow: ellipsis; transition: background var(--chatkit-duration), color var(--chatkit-duration);
}
/* A mark in the text, not a part of it: no link's colour, no line. */
.ck-md a.citation-label { color: var(--chatkit-color-text-secondary); text-decoration: none; border-radius: var(--chatkit-radius-full); }
.ck-md a.citation-label:hover { color: var(--chatkit-color-accent-text); }
a.citation-label:hover, button.citation-label:hover { background: var(--chatkit-color-accent); color: var(--chatkit-color-accent-text); }
.sources, .source, .workflow, .task, .tool, .tool-call, .answers { overflow-wrap: anywhere; }
.sources { margin-top: 12px; }
.sources-toggle { display: inline-flex; align-items: center; gap: 6px; min-height: 32px; padding: 0 12px; border-radius: var(--chatkit-radius-md); box-shadow: inset 0 0 0 1px var(--chatkit-color-border); color: var(--chatkit-color-text-secondary); font-size: var(--chatkit-text-sm); }
.sources-toggle:hover { background: var(--chatkit-color-hover); color: var(--chatkit-color-text); }
.source-list { display: flex; flex-direction: column; gap: 2px; margin-top: 8px; }
.source-group { padding: 8px 0 2px; font-size: var(--chatkit-text-xs); font-weight: 500; color: var(--chatkit-color-text-secondary); }
.source { display: flex; flex-direction: column; width: 100%; padding: 8px 12px; margin-inline-start: -12px; border-radius: min(var(--chatkit-radius-menu), 10px); color: inherit; text-decoration: none; font-size: var(--chatkit-text-sm); }
.task .source-list { gap: 0; margin-top: 0; }
.task .source { padding-block: 4px; }
a.source:hover, button.source:hover { background: var(--chatkit-color-hover); }
.source-title { font-weight: 500; }
.source-origin, .source-description { color: var(--chatkit-color-text-secondary); font-size: var(--chatkit-text-xs); }
.source-description { display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; }

/* --- workflows --- */
/* What tools and thoughts say of themselves is smaller than what is said to the user, wherever it stands. */
.workflow-toggle { display: inline-flex; align-items: center; gap: 6px; min-height: 32px; font-size: var(--chatkit-text-sm); color: var(--chatkit-color-text-secondary); border-radius: 6px; transition: color var(--chatkit-duration); }
button.workflow-toggle:hover { color: var(--chatkit-color-text); }
/* The one sign of what opens in its place; a menu has a chevron that points down. */
[aria-expanded] > [data-icon=chevron-right] { transition: rotate var(--chatkit-duration); }
[aria-expanded=true] > [data-icon=chevron-right] { rotate: 90deg; }
:host(:state(rtl)) [aria-expanded=false] > [data-icon=chevron-right] { rotate: 180deg; }
.fold { display: grid; grid-template-rows: 0fr; transition: grid-template-rows var(--chatkit-duration) var(--chatkit-ease), visibility 0s var(--chatkit-duration); visibility: hidden; }
.fold-open { grid-template-rows: 1fr; visibility: visible; transition: grid-template-rows var(--chatkit-duration) var(--chatkit-ease); }
.fold > * { min-height: 0; overflow: hidden; }
.tasks { padding-inline-start: 0; }
.task-line { position: relative; }
.task-line:first-child { margin-top: 8px; }
.task-line:not(:last-child)::before { content: ''; position: absolute; inset-inline-start: 9px; top: 26px; bottom: -2px; width: 1px; background: var(--chatkit-color-border); }
.task { display: flex; gap: 12px; padding-block: 4px; font-size: var(--chatkit-text-sm); color: var(--chatkit-color-text-secondary); }
.task-mark { display: grid; place-items: center; flex: none; width: 19px; height: 22px; }
.task-body { flex: 1; min-width: 0; display: flex; flex-direction: column; gap: 6px; padding-bottom: 6px; }
.task-title { color: var(--chatkit-color-text); }
.task .ck-md, .task .ck-md strong { color: inherit; }
.queries { display: flex; flex-wrap: wrap; gap: 6px; }
.query { display: inline-flex; align-items: center; gap: 6px; padding: 2px 10px; border-radius: var(--chatkit-radius-full); background: var(--chatkit-color-surface-tertiary); font-size: var(--chatkit-text-xs); }

/* --- tools --- */
.tool-details { display: flex; flex-direction: column; gap: 8px; font-size: var(--chatkit-text-xs); color: var(--chatkit-color-text-secondary); }
.tool-details dt { padding-block: 8px 4px; }
.tool-details pre { margin: 0; padding: 10px 12px; max-height: 240px; overflow: auto; border-radius: min(var(--chatkit-radius-menu), 10px); background: var(--chatkit-color-surface-secondary); font: var(--chatkit-text-xs) / 1.5 var(--chatkit-font-mono); color: var(--chatkit-color-text); }

/* --- other items --- */
/* A card with a title and two lines. */
.widget-loading { --bar: linear-gradient(var(--chatkit-color-surface-tertiary) 0 0) no-repeat; min-height: 118px; max-width: 448px; border: 1px solid var(--chatkit-color-border); border-radius: var(--chatkit-radius-card); background: var(--bar) 16px 20px / 40% 16px, var(--bar) 16px 54px / calc(100% - 32px) 14px, var(--bar) 16px 82px / 60% 14px, var(--chatkit-color-surface-elevated); }
:host(:state(rtl)) .widget-loading { background-position-x: calc(100% - 16px), calc(100% - 16px), calc(100% - 16px), 0; }
.image { width: fit-content; max-width: min(100%, 512px); border-radius: min(var(--chatkit-radius-card), 16px); overflow: hidden; position: relative; }
.image img { display: block; max-width: 100%; height: auto; }
.image-working img { filter: blur(6px) saturate(0.8); transform: scale(1.03); }
.image progress { position: absolute; inset-inline: 16px; bottom: 16px; width: calc(100% - 32px); height: 4px; appearance: none; border: 0; border-radius: 2px; overflow: hidden; background: oklch(1 0 0 / 0.4); }
.image progress::-webkit-progress-bar { background: transparent; }
.image progress::-webkit-progress-value { background: white; transition: width var(--chatkit-duration); }
.image progress::-moz-progress-bar { background: white; }
.image-pending { display: grid; place-items: center; width: min(100%, 384px); aspect-ratio: 1; background: var(--chatkit-color-surface-tertiary); }
.image-blocked, .question-waiting, .tool-call { display: flex; align-items: center; gap: 6px; min-height: 32px; color: var(--chatkit-color-text-secondary); font-size: var(--chatkit-text-sm); }
.image-blocked { align-items: flex-start; }
.image-blocked > svg { margin-block-start: 0.2em; }
.answers { padding: 16px; border-radius: min(var(--chatkit-radius-card), 16px); background: var(--chatkit-color-surface-secondary); box-shadow: inset 0 0 0 1px var(--chatkit-color-border-subtle); font-size: var(--chatkit-text-sm); }
.answers dl { display: flex; flex-direction: column; gap: 12px; }
.answers dt { color: var(--chatkit-color-text-secondary); }
.answers dd { overflow-wrap: anywhere; white-space: pre-wrap; font-weight: 500; }
.answers dd.muted { font-weight: 400; }
@media (prefers-reduced-motion: reduce) { .fold, .fold-open { transition: none; } }
@media (forced-colors: active) { .answers, .sources-toggle, .citation-label, .query, .tool-details pre, .image-pending { border: 1px solid CanvasText; } }

/* Aligned with what it is about, quiet, and never cut off. */
.ending { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 8px; color: var(--chatkit-color-text-secondary); font-size: var(--chatkit-text-sm); }
.ending > svg { flex: none; }
.ending > span { margin-inline-end: 4px; }
.ending .button { min-height: 32px; padding-inline: 12px; }
`;
