/** An element with text or children. Text is placed as text: nothing here is ever parsed as HTML. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (string | Node)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  element.append(...children)
  return element
}

/** Text as it stands between back ticks becomes code. */
export function prose(text: string): readonly Node[] {
  return text.split('`').map((part, i) => (i % 2 === 1 ? make('code', {}, part) : document.createTextNode(part)))
}
