import css from './later.css'

let sheet: CSSStyleSheet | null = null

/** Gives the shadow root the style of what is loaded later, once. */
export function adoptLaterSheet(root: ShadowRoot): void {
  if (sheet === null) {
    sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
  }
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet)
}
