import { isMap, isScalar, LineCounter, parseDocument } from 'yaml'

export interface YamlDocument {
  /** What it says, as plain data; `{}` for an empty file. */
  readonly value: unknown
  readonly error: { readonly message: string; readonly line: number | null } | null
  /** Line of the deepest key on the path that the text has; null when it has none of them. */
  lineOf(path: readonly PropertyKey[]): number | null
}

export function parseYamlDocument(text: string): YamlDocument {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, schema: 'core' })
  const [error] = document.errors
  if (error !== undefined) {
    const line = lines.linePos(error.pos[0]).line
    return { value: {}, error: { message: `is not YAML: ${error.message}`, line }, lineOf: () => null }
  }
  return { value: document.toJS() ?? {}, error: null, lineOf }

  function lineOf(path: readonly PropertyKey[]): number | null {
    let node: unknown = document.contents
    let line: number | null = null
    for (const name of path) {
      if (!isMap(node)) break
      const pair = node.items.find(item => isScalar(item.key) && String(item.key.value) === String(name))
      if (!pair || !isScalar(pair.key) || !pair.key.range) break
      line = lines.linePos(pair.key.range[0]).line
      node = pair.value
    }
    return line
  }
}
