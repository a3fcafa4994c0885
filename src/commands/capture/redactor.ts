import { isRecord } from '../../core/peek.ts'
import { mapJson, type JsonPlace } from './map-json.ts'
import { EMAIL, HANDLE_KEY, IP, isNobodysAddress, isRealIp, NAME_KEY, PERSON_KEY } from './patterns.ts'
import { isPlace, PHONE, PHONE_KEY, PLACE_KEY, SECRET_KEY, TOKENS } from './patterns.ts'
import { isPerson, People } from './people.ts'

/**
 * Replaces what is secret or personal: keys and tokens, e-mail, network and postal addresses, phone numbers, names and handles.
 * The same value has the same placeholder wherever it stands; types, keys and the form of the text stay. Names are known
 * by where they stand, so free text may keep some: what comes out is to be looked over.
 */
export class Redactor {
  readonly #people = new People()
  readonly #secrets = new Set<string>()
  readonly #numbered = new Map<string, string>()
  readonly #places = new Map<string, string>()
  readonly #keepPaths: readonly string[]
  readonly #kept = new Set<string>()
  #pattern: RegExp | null = null
  /** How many values were replaced. */
  replaced = 0

  /** `keep`: paths as `body.sender.login`; the values there and below stay, wherever else they stand. */
  constructor(keep: readonly string[]) {
    this.#keepPaths = keep
  }

  /** Notes what a document holds; everything is learnt before anything is replaced. */
  learn(value: unknown, path: readonly string[], person: number | null = null): void {
    const key = path.at(-1) ?? ''
    if (this.#isKept(path)) return this.#keep(value)
    if (typeof value === 'string') return this.#learnText(value, path, person)
    if (Array.isArray(value)) {
      for (const [i, item] of value.entries()) this.learn(item, [...path, String(i)], this.#personOf(item, key))
    } else if (isRecord(value)) {
      // An item of a list was looked at with the list; an answer of a form stands as `{ label, value }`.
      const isPart = person !== null && ('value' in value || /^\d+$/.test(key))
      const inside = isPart ? person : this.#personOf(value, key)
      for (const [name, item] of Object.entries(value)) this.learn(item, [...path, name], inside)
    }
  }

  /** A JSON text with what is learnt, and what gives itself away, replaced in place. */
  json(text: string, root: readonly string[]): string {
    return mapJson(text, place => this.#place({ ...place, path: [...root, ...place.path] }))
  }

  /** Text that stands under a key; also base64 of JSON, as Pub/Sub packs its messages. */
  text(text: string, path: readonly string[] = []): string {
    if (this.#isKept(path)) return text
    if (SECRET_KEY.test(keyOf(path)) && text !== '') return this.#note(text, 'x'.repeat(text.length))
    return this.#packed(text, path) ?? text.replace(this.#compiled(), (...found) => this.#one(found))
  }

  #place({ role, path, text }: JsonPlace): string {
    if (role === 'key') return text.replace(this.#compiled(), (...found) => this.#one(found))
    if (role === 'string') return this.text(text, path)
    const isPhone = PHONE_KEY.test(keyOf(path)) && /^\d{7,}$/.test(text) && !this.#isKept(path)
    return isPhone ? this.#note(text, '1'.padEnd(text.length, '0')) : text
  }

  #personOf(value: unknown, key: string): number | null {
    return isRecord(value) && (PERSON_KEY.test(key) || isPerson(value)) ? this.#people.numberOf(value) : null
  }

  #learnText(text: string, path: readonly string[], person: number | null): void {
    const key = keyOf(path)
    if (SECRET_KEY.test(key)) {
      // A shorter one would be found in half of all words; it is replaced where it stands.
      if (text.length >= 6) this.#secrets.add(text)
    } else if (HANDLE_KEY.test(key)) this.#people.learn('handle', text, person)
    else if (NAME_KEY.test(key) && person !== null) this.#people.learn('name', text, person)
    else if (PHONE_KEY.test(key) && text.replace(/\D/g, '').length >= 6) this.#number(text, 'phone')
    else if (PLACE_KEY.test(key) && isPlace(text) && !this.#places.has(text)) {
      this.#places.set(text, `Address ${this.#places.size + 1}`)
    }
    for (const [email] of text.matchAll(new RegExp(EMAIL, 'gu'))) {
      if (!isNobodysAddress(email)) this.#people.learn('email', email, text === email ? person : null)
    }
    const packed = unpack(text)
    if (packed !== null) this.learn(JSON.parse(packed.json), path, person)
    this.#pattern = null
  }

  #one(found: readonly unknown[]): string {
    const match = String(found[0])
    const groups: unknown = found.at(-1)
    const is = (name: string): boolean => isRecord(groups) && groups[name] !== undefined
    if (this.#kept.has(match)) return match
    if (is('secret') || is('token')) return this.#note(match, 'x'.repeat(match.length))
    if (is('email')) return isNobodysAddress(match) ? match : this.#note(match, this.#people.replace('email', match))
    if (is('ip')) return isRealIp(match) ? this.#note(match, this.#number(match, 'ip')) : match
    if (is('phone')) return this.#note(match, this.#number(match, 'phone'))
    if (is('place')) return this.#note(match, this.#places.get(match) ?? match)
    return this.#note(match, this.#people.replace('word', match))
  }

  /** One pass over everything, so that no placeholder is taken for a find. */
  #compiled(): RegExp {
    if (this.#pattern !== null) return this.#pattern
    const phones = [...this.#numbered.keys()].filter(text => !/[.:].*[.:]/.test(text) || text.includes('+'))
    const words = this.#people.words()
    const parts = [
      ...(this.#secrets.size === 0 ? [] : [`(?<secret>${alternatives([...this.#secrets])})`]),
      ...(this.#places.size === 0
        ? []
        : [`(?<place>(?<![\\p{L}\\p{N}])(?:${alternatives([...this.#places.keys()])})(?![\\p{L}\\p{N}]))`]),
      `(?<token>${TOKENS})`,
      `(?<email>${EMAIL})`,
      `(?<ip>${IP})`,
      `(?<phone>${PHONE}${phones.length === 0 ? '' : `|${alternatives(phones)}`})`,
      ...(words.length === 0 ? [] : [`(?<word>(?<![\\p{L}\\p{N}])(?:${alternatives(words)})${AFTER_WORD})`]),
    ]
    this.#pattern = new RegExp(parts.join('|'), 'gu')
    return this.#pattern
  }

  #packed(text: string, path: readonly string[]): string | null {
    const packed = unpack(text)
    if (packed === null) return null
    const json = this.json(packed.json, path)
    return json === packed.json ? text : Buffer.from(json).toString(packed.encoding)
  }

  /** The placeholder of the nth address or number; the same one gets the same. */
  #number(text: string, kind: 'ip' | 'phone'): string {
    const known = this.#numbered.get(text)
    if (known !== undefined) return known
    const n = this.#numbered.size + 1
    const ip = text.includes(':') ? `2001:db8::${n}` : `192.0.2.${n % 256}`
    const made = kind === 'ip' ? ip : `+1202555${String(n).padStart(4, '0')}`
    this.#numbered.set(text, made)
    return made
  }

  #note(before: string, after: string): string {
    if (before !== after) this.replaced += 1
    return after
  }

  #isKept(path: readonly string[]): boolean {
    const at = path.join('.')
    return this.#keepPaths.some(keep => at === keep || at.startsWith(`${keep}.`))
  }

  #keep(value: unknown): void {
    if (typeof value === 'string') this.#kept.add(value)
    else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) this.#keep(one)
  }
}

/** `https://github.com` stays, whoever has the handle `github`. */
const AFTER_WORD = String.raw`(?![\p{L}\p{N}]|\.(?:com|org|net|io|dev|app)\b)`

/** What a value is about: a form's answer stands as `{ label, value }` under its field. */
function keyOf(path: readonly string[]): string {
  const named = path.filter(part => !/^\d+$/.test(part))
  const last = named.at(-1) ?? ''
  return last === 'value' ? (named.at(-2) ?? last) : last
}

function alternatives(texts: readonly string[]): string {
  return texts
    .toSorted((a, b) => b.length - a.length)
    .map(text => text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`))
    .join('|')
}

interface Packed {
  readonly json: string
  readonly encoding: 'base64' | 'base64url'
}

function unpack(text: string): Packed | null {
  if (!/^ey[JI][\w+/-]{8,}={0,2}$/.test(text)) return null
  const json = Buffer.from(text, 'base64').toString('utf8')
  try {
    return isRecord(JSON.parse(json)) ? { json, encoding: /[-_]/.test(text) ? 'base64url' : 'base64' } : null
  } catch {
    return null
  }
}
