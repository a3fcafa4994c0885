import css from './panel.css'

let sheet: CSSStyleSheet | null = null

/** Gives the shadow root the style of the panel, once. */
export function adoptPanelSheet(root: ShadowRoot): void {
  if (sheet === null) {
    sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
  }
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet)
}
