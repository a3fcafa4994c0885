import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { SeenRequest } from './stand-in.ts'

export interface GoogleReference {
  /** The names of a parameter set or schema. */
  fieldsOf(name: string): readonly string[]
  /** What the text above one of them says. */
  wordsAbout(name: string, field: string): string
}

/** The published reference of one of Google's APIs: the types of Google's own package, whose texts are those of its pages. */
export function openGoogleReference(types: string): GoogleReference {
  const reference = readFileSync(createRequire(import.meta.url).resolve(types), 'utf8')
  return {
    fieldsOf: name =>
      [...textOf(reference, name).matchAll(/^ {8}(?:'(\w+)'|(\w+))\?:/gm)].map(match => match[1] ?? match[2] ?? ''),
    wordsAbout(name, field) {
      const pattern = new RegExp(`/\\*\\*((?:(?!/\\*\\*)[\\s\\S])*?)\\*/\\s+${field}\\?:`)
      const [, words = ''] = pattern.exec(textOf(reference, name)) ?? []
      return words.replace(/\s+\* ?/g, ' ')
    },
  }
}

/** The text of one interface. */
function textOf(reference: string, name: string): string {
  const pattern = `interface ${name.replaceAll('$', '\\$')} (?:extends \\w+ )?\\{\\n([\\s\\S]*?)\\n    \\}`
  const [, text] = new RegExp(pattern).exec(reference) ?? []
  if (text === undefined) throw new Error(`the reference has no ${name}`)
  return text
}

/** What matters of a request to Google, whatever the order and the spelling of its query. */
export function sayRequest({ method, url, body }: SeenRequest) {
  const { pathname, searchParams } = new URL(url, 'http://google')
  const json: unknown = body === '' ? null : JSON.parse(body)
  const query = [...searchParams].map(([name, value]) => `${name}=${value}`).sort()
  return { method, path: pathname, query, body: json }
}
