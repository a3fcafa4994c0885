import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Eta } from 'eta'
import type { HtmlPage } from '../../../http/api.ts'
import type { Language } from '../words/language.ts'

/** What a page shows; everything is escaped where it is placed. */
export interface PageView {
  readonly status: number
  readonly language: Language
  /** What has just happened, if anything. */
  readonly notice: string | null
  readonly title: string
  readonly body: readonly (readonly string[])[]
  readonly forms: readonly PageForm[]
  readonly after: string | null
}

/** A button that posts one field, and a text with it where one may be written. */
export interface PageForm {
  readonly name: string
  readonly value: string
  readonly label: string
  readonly look: 'first' | 'danger' | null
  readonly text: { readonly label: string; readonly required: boolean; readonly max: number } | null
}

/** Reads the template and the style once. Pages have no script and nothing from elsewhere; the style goes by its hash. */
export function createPageRenderer(): (view: PageView) => HtmlPage {
  const eta = new Eta()
  const css = read('./page.css')
  const template = eta.compile(read('./page.eta'))
  const styleHash = createHash('sha256').update(css).digest('base64')
  return view => ({ status: view.status, html: template.call(eta, { ...view, css }), styleHash })
}

function read(file: string): string {
  return readFileSync(new URL(file, import.meta.url), 'utf8')
}
