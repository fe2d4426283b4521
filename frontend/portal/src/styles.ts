const CSS = `
:host { display: block; position: relative; min-width: 0; }
:host([hidden]) { display: none; }
.panel { width: 100%; }
:host([fill]) .panel { height: 100%; }
.message {
  position: absolute; inset-inline: 0; bottom: 12px; margin-inline: auto; width: fit-content;
  max-width: calc(100% - 24px);
  padding: 6px 12px; border-radius: 6px; background: #1f2329; color: #f4f5f7;
  font: 13px/1.4 system-ui, sans-serif;
  box-shadow: 0 2px 10px rgb(0 0 0 / 30%); opacity: 0; pointer-events: none;
  transition: opacity 120ms;
}
.message.shown { opacity: 1; }
.panel[data-drop] { outline: 2px dashed Highlight; outline-offset: -4px; }
@media (prefers-reduced-motion: reduce) { .message { transition: none; } }
@media print { .message { display: none; } }
`;

let sheet: CSSStyleSheet | undefined;

/**
 * The element's own few rules, one sheet for all elements of the page; a constructed sheet passes
 * `style-src 'self'`.
 */
export function elementStyles(): CSSStyleSheet {
  if (sheet === undefined) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
  }
  return sheet;
}
