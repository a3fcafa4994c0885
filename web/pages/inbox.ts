import '../client.ts'
import { cleanLine } from '../../src/core/clean-text.ts'
import type { CenterState } from '../center/center.ts'
import { h } from '../ui/h.ts'
import { LANGUAGES, pickLanguage } from '../words/language.ts'
import { PAGE } from '../words/page.ts'
import { createSay } from '../words/say.ts'
import { readSession, signIn, signOut, type Answer } from './session.ts'

/** What each language calls itself. */
const OWN_NAMES = { en: 'English', ru: 'Русский', es: 'Español' } as const
const CHOSEN = 'ec-language'
const AGAIN_MS = 10_000

const place = find('#place')
const tools = find('#tools')
const heading = find('h1')
/** What a push notification points to. */
const asked = new URLSearchParams(location.search)
let lang = pickLanguage([readChoice(), ...navigator.languages])
let answer: Answer | null = null
let retry: ReturnType<typeof setTimeout> | undefined

// A link that is opened in a tab that is here already loads nothing anew.
addEventListener('hashchange', () => void open())
await open()

async function open(): Promise<void> {
  clearTimeout(retry)
  const link = new URLSearchParams(location.hash.slice(1)).get('in')
  // The link is good once; what is left of it would only look like a secret.
  if (link !== null) history.replaceState(null, '', location.pathname + location.search)
  draw(link === null ? await readSession() : await signIn(link))
}

function draw(now: Answer): void {
  answer = now
  if (now.kind === 'in') lang = pickLanguage([readChoice(), now.lang, ...navigator.languages])
  const say = createSay(lang, PAGE[lang])
  document.documentElement.lang = lang
  document.title = heading.textContent = say('inbox')
  tools.replaceChildren(...drawTools(now))
  place.replaceChildren(now.kind === 'in' ? drawInbox() : drawDoor(now))
  if (now.kind === 'unreachable') retry = setTimeout(() => void open(), AGAIN_MS)
}

function drawTools(now: Answer): readonly HTMLElement[] {
  const say = createSay(lang, PAGE[lang])
  const choice = h(
    'select',
    { 'aria-label': say('language') },
    ...LANGUAGES.map(value => h('option', { value, lang: value, selected: value === lang }, OWN_NAMES[value])),
  )
  choice.addEventListener('change', () => {
    lang = pickLanguage([choice.value])
    keepChoice(lang)
    if (answer !== null) draw(answer)
    find('#tools select').focus()
  })
  if (now.kind !== 'in') return [choice]
  return [
    h('span', { class: 'who', dir: 'auto' }, cleanLine(now.user, 128)),
    choice,
    h('a', { href: '/diagnostics' }, say('diagnostics')),
    h('button', { type: 'button', onclick: () => void leave() }, say('signOut')),
  ]
}

/** The notification center is the page. */
function drawInbox(): HTMLElement {
  const say = createSay(lang, PAGE[lang])
  const element = h('ec-notifications', { view: 'page', lang })
  element.addEventListener('ec-ready', () => element.center?.subscribe(hear))
  if (asked.has('event') || asked.has('question')) {
    element.open({ event: asked.get('event'), question: asked.get('question') })
    // Whoever loads the page again has seen it.
    asked.delete('event')
    asked.delete('question')
    history.replaceState(null, '', location.pathname)
  }
  return element

  function hear({ connection, unread }: CenterState): void {
    if (connection === 'signed-out') draw({ kind: 'out' })
    const n = unread.total
    document.title = n === 0 ? say('inbox') : say('titled', { n })
    // Not every browser has a badge, and it is no loss.
    if ('setAppBadge' in navigator) void navigator.setAppBadge(n).catch(() => {})
  }
}

/** What a person needs who is not signed in. */
function drawDoor(now: Answer): HTMLElement {
  const say = createSay(lang, PAGE[lang])
  const again = h('button', { type: 'button', onclick: () => void open() }, say('again'))
  if (now.kind === 'unreachable')
    return h('section', { class: 'door' }, h('p', { role: 'alert' }, say('unreachable')), again)
  return h(
    'section',
    { class: 'door' },
    h('h2', {}, say('signedOut')),
    now.kind === 'no-good' ? h('p', { role: 'alert' }, say('used')) : null,
    h('p', {}, say('signIn')),
    h('code', {}, 'ec token YOU --link'),
  )
}

async function leave(): Promise<void> {
  // What is meant for one person must not show when another sits here.
  const desk = await document.querySelector('ec-notifications')?.desk
  await desk?.signOut().catch(() => null)
  draw(await signOut())
}

function find(selector: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(selector)
  if (found === null) throw new Error(`the page has no ${selector}`)
  return found
}

/** Storage may be closed to the page; then the choice lasts as long as the page. */
function readChoice(): string | null {
  try {
    return localStorage.getItem(CHOSEN)
  } catch {
    return null
  }
}

function keepChoice(choice: string): void {
  try {
    localStorage.setItem(CHOSEN, choice)
  } catch {
    // It counts until the page is closed.
  }
}
