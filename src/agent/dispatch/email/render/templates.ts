import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Eta } from 'eta'
import type { Language } from '../words/language.ts'

export type Part = 'subject' | 'html' | 'text'

/** One of the operator's own templates that could not be used; the built-in one took its place. */
export interface TemplateTrouble {
  readonly file: string
  readonly message: string
}

export interface Templates {
  /**
   * Renders a part with the template of the first name that has one; among those of a name, the operator's own for this
   * language, his own, the built-in one. What cannot be rendered is passed over and told to `trouble`.
   */
  render(names: readonly string[], part: Part, language: Language, view: object): string
  /** The operator's own, by file name. */
  readonly own: readonly string[]
}

type Template = (view: object) => string

/** `NAME.PART.eta` or `NAME.LANGUAGE.PART.eta`, where NAME is one of `namesOf` or `layout`. */
const FILE = /^([A-Za-z0-9][A-Za-z0-9._@-]*)\.(subject|html|text)\.eta$/
const BUILT_IN = fileURLToPath(new URL('../templates/', import.meta.url))

/**
 * Reads all templates once. The folder of the operator's own (null = none) holds code, as templates are; that it is to
 * be trusted was decided when it was configured. A folder that cannot be read is a trouble, not a failure.
 */
export function openTemplates(folder: string | null, trouble: (trouble: TemplateTrouble) => void): Templates {
  const html = new Eta({ autoEscape: true })
  // A mail's text is no markup: what is escaped there would be seen escaped.
  const plain = new Eta({ autoEscape: false })
  const builtIn = read(BUILT_IN)
  const own = folder === null ? new Map<string, Template>() : readOwn(folder)

  function readOwn(from: string): ReadonlyMap<string, Template> {
    try {
      return read(from)
    } catch (error) {
      trouble({ file: from, message: `the folder cannot be read: ${messageOf(error)}` })
      return new Map()
    }
  }

  function read(from: string): ReadonlyMap<string, Template> {
    const found = new Map<string, Template>()
    for (const file of readdirSync(from).filter(name => FILE.test(name))) {
      const path = join(from, file)
      try {
        const eta = file.endsWith('.html.eta') ? html : plain
        const template = eta.compile(readFileSync(path, 'utf8'))
        found.set(file, view => template.call(eta, view))
      } catch (error) {
        trouble({ file: path, message: messageOf(error) })
      }
    }
    return found
  }

  function tryOwn(file: string, view: object): string | null {
    const template = own.get(file)
    if (template === undefined) return null
    try {
      const text: unknown = template(view)
      if (typeof text === 'string' && text.trim() !== '') return text
      trouble({ file: join(folder ?? '', file), message: 'it renders nothing' })
    } catch (error) {
      trouble({ file: join(folder ?? '', file), message: messageOf(error) })
    }
    return null
  }

  return {
    own: [...own.keys()].sort(),
    render(names, part, language, view) {
      for (const name of names) {
        const text = tryOwn(`${name}.${language}.${part}.eta`, view) ?? tryOwn(`${name}.${part}.eta`, view)
        if (text !== null) return text
        const template = builtIn.get(`${name}.${part}.eta`)
        if (template !== undefined) return template(view)
      }
      throw new Error(`there is no template ${names.join(', ')} for ${part}`)
    },
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n', 1)[0] ?? error.name) : String(error)
}
