import type { CenterOptions, NotificationCenter } from '../center/center.ts'
import { browserKind } from '../push/browser-kind.ts'
import { createPushDesk } from '../push/create-push-desk.ts'
import { loadGuide } from '../push/load-guide.ts'
import type { PushDesk } from '../push/push-desk.ts'
import { languageOf, type Language } from '../shared/language.ts'
import { browserId } from './browser-id.ts'
import { openContext } from './browser/open-context.ts'
import { ALL_CHECKS } from './checks/index.ts'
import type { DiagnosticContext } from './context.ts'
import { Examination, type ExaminationState } from './examination.ts'
import { ALL_FIXES } from './fixes/index.ts'
import { makeReport } from './report.ts'
import { Board } from './view/board.ts'
import { make } from './view/make.ts'
import { STYLES } from './view/styles.ts'
import { summarise } from './view/summary.ts'
import { WORDS } from './words/words.ts'

/**
 * `<ec-diagnostics>`: a button with the worst of what was found, which opens the list; with `page` the whole page. It looks by
 * itself as soon as it stands in a document, and sends what it finds to the agent.
 *
 * Attributes: `url` of the agent (where this module was loaded from unless given), `lang`, `page`, and `worker`, the script of the
 * site's service worker (`/sw.js` of the agent on its own pages; none elsewhere unless given). On a site of another origin `token`
 * is set before it is put into the document.
 */
export class EcDiagnostics extends HTMLElement {
  /** A user token, or how to get one; none = the session cookie. */
  token: CenterOptions['token']

  #ctx: DiagnosticContext | null = null
  #examination: Examination | null = null
  #board: Board | null = null
  #browser = ''
  #desk: PushDesk | null = null

  /** What was found so far; null before it stands in a document. */
  get state(): ExaminationState | null {
    return this.#examination?.state ?? null
  }

  /** Looks at everything again. */
  async run(): Promise<void> {
    await this.#examination?.run()
    await this.#report()
  }

  connectedCallback(): void {
    const language = languageOf(this.getAttribute('lang'), ...navigator.languages)
    const url = new URL(this.getAttribute('url') ?? '.', import.meta.url).href
    const base = url.replace(/\/+$/, '')
    const ctx = openContext({
      url: `${base}/`,
      token: this.token,
      worker: this.getAttribute('worker') ?? (new URL(base).origin === location.origin ? `${base}/sw.js` : null),
      openDesk: (call, worker) =>
        (this.#desk = createPushDesk({
          center: { ...NO_INBOX, call },
          url: base,
          lang: language,
          ...(worker === null ? {} : { worker }),
        })),
    })
    const { userAgent, isInstalled: installed } = ctx.surroundings
    const kind = browserKind({ userAgent, installed, touchPoints: navigator.maxTouchPoints })
    const examination = new Examination(ctx, ALL_CHECKS, ALL_FIXES)
    const board = new Board(language, {
      again: () => void this.run(),
      fix: name => void examination.fix(name).then(() => this.#report()),
      copy: async () => navigator.clipboard.writeText(JSON.stringify(await this.#makeReport(), null, 2)),
      loadGuide: status => loadGuide(base, status, kind, language),
      help: async () =>
        void (await ctx.agent.call('POST', 'api/diagnostics', { ...(await this.#makeReport()), help: true })),
    })
    this.#ctx = ctx
    this.#examination = examination
    this.#board = board
    this.#browser = browserId(() => localStorage, ctx.random, ctx.surroundings.userAgent)
    this.#show(language, board, examination)
    void this.run()
  }

  disconnectedCallback(): void {
    this.#examination?.close()
    this.#desk?.close()
    this.#examination = null
    this.#ctx = null
  }

  #show(language: Language, board: Board, examination: Examination): void {
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' })
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(STYLES)
    root.adoptedStyleSheets = [sheet]
    const frame = this.hasAttribute('page') ? pageAround(board, language) : panelAround(board, language)
    root.replaceChildren(frame.element)
    const update = (state: ExaminationState): void => {
      board.update(state, Date.now())
      frame.update(state)
    }
    examination.subscribe(update)
    update(examination.state)
  }

  async #makeReport() {
    if (this.#ctx === null || this.#examination === null) throw new Error('it stands in no document')
    return makeReport(this.#ctx, this.#browser, this.#examination.state.results)
  }

  /** Whoever is signed out has nobody to report as. */
  async #report(): Promise<void> {
    if (this.#ctx === null || this.#examination === null) return
    const ctx = this.#ctx
    const sent = await this.#makeReport()
      .then(report => ctx.agent.call('POST', 'api/diagnostics', report))
      .then(
        () => true,
        () => false,
      )
    this.#board?.sent(sent)
    this.dispatchEvent(new CustomEvent('ec-report', { detail: { sent } }))
  }
}

/** The desk keeps the badge in step with the inbox, which this page does not read. */
const NO_INBOX: Pick<NotificationCenter, 'state' | 'subscribe'> = {
  state: {
    user: null,
    connection: 'offline',
    transport: null,
    unread: { total: 0, action: 0 },
    items: [],
    complete: false,
    progress: [],
    away: 0,
  },
  subscribe: () => () => {},
}

interface Frame {
  readonly element: HTMLElement
  update(state: ExaminationState): void
}

function pageAround(board: Board, language: Language): Frame {
  const { title, intro } = WORDS[language].page
  document.documentElement.lang = language
  document.title = title
  const head = make('header', {}, make('h1', {}, title), make('p', { class: 'intro' }, intro))
  const back = make('a', { href: '/inbox' }, WORDS[language].page.inbox)
  return { element: make('div', {}, head, board.element, make('p', { class: 'back' }, back)), update() {} }
}

function panelAround(board: Board, language: Language): Frame {
  const { page } = WORDS[language]
  const sign = make('span', { class: 'sign', 'aria-hidden': 'true' })
  const text = make('span')
  const button = make('button', { type: 'button', class: 'panel-button', 'aria-expanded': 'false' }, sign, text)
  const panel = make('div', { class: 'panel', lang: language, hidden: '' }, board.element)
  button.addEventListener('click', () => {
    panel.hidden = !panel.hidden
    button.ariaExpanded = String(!panel.hidden)
  })
  return {
    element: make('div', { lang: language }, button, panel),
    update(state) {
      const { status, text: worst } = summarise(state, language)
      button.dataset['status'] = status
      sign.textContent = { ok: '✓', warn: '!', fail: '✕', running: '…' }[status]
      text.textContent = status === 'ok' ? page['all-fine'] : worst
    },
  }
}
