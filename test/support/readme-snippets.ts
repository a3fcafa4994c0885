import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A piece of code in a Markdown page. */
export interface Snippet {
  /** What stands after the fence; null for an indented block. */
  readonly language: string | null
  readonly text: string
}

/** Every code block of a page of this repository, in order. */
export function readSnippets(page: string): readonly Snippet[] {
  const found: Snippet[] = []
  let open: { readonly language: string | null; readonly lines: string[] } | null = null
  for (const line of readFileSync(join(import.meta.dirname, '..', '..', page), 'utf8').split('\n')) {
    const fence = /^```(\w*)$/.exec(line)
    if (open === null && fence) open = { language: fence[1] ?? '', lines: [] }
    else if (open === null && line.startsWith('    ')) open = { language: null, lines: [line.slice(4)] }
    else if (open !== null && (open.language === null ? !/^( {4}|$)/.test(line) : fence !== null)) close()
    else open?.lines.push(open.language === null ? line.slice(4) : line)
  }
  close()
  return found

  function close(): void {
    if (open !== null) found.push({ language: open.language, text: open.lines.join('\n').trimEnd() })
    open = null
  }
}
