import type { CenterOptions, NotificationCenter } from '../center/center.ts'
import { createNotificationCenter } from '../center/create-notification-center.ts'
import { openPushDesk } from '../push/open-push-desk.ts'
import type { PushDesk } from '../push/push-desk.ts'
import { pickLanguage } from '../words/language.ts'
import base from './base.css'
import { createDarkSheet, THEMES } from './dark-sheet.ts'
import { createDefaultUi, VIEWS, type DefaultUi, type Target } from './default-ui.ts'

const TAG = 'ec-notifications'
const NO_DESK = Promise.resolve(null)

/**
 * The whole notification center of a page, as the element `<ec-notifications>`: bell, toasts, questions, history.
 * Attributes: `url` of the agent, `token`, `lang`, `theme` (auto, light, dark), `view` (bell, page, none), `worker`. An event
 * `ec-ready` tells that there is a `center`, each time that it is another.
 */
export interface EcNotifications extends HTMLElement {
  /** Null while the element is in no page. */
  readonly center: NotificationCenter | null
  /** Push in this browser; null on pages that have none: of other origins than the agent's, without a `worker`. */
  readonly desk: Promise<PushDesk | null>
  /** A user token, or how to get a fresh one. None = the session cookie of the agent's own pages. */
  token: CenterOptions['token'] | null
  /** Opens the history; `event` or `question`: at that one. */
  open(target?: Target): void
}

declare global {
  interface HTMLElementTagNameMap {
    'ec-notifications': EcNotifications
  }
}

/** Makes the element known; does nothing where there are no elements, and when it is known already. */
export function defineNotifications(): void {
  if (!('customElements' in globalThis) || customElements.get(TAG) !== undefined) return

  const sheet = new CSSStyleSheet()
  sheet.replaceSync(base)

  customElements.define(
    TAG,
    class extends HTMLElement implements EcNotifications {
      static readonly observedAttributes = ['url', 'token', 'lang', 'theme', 'view', 'worker']
      readonly #root = this.attachShadow({ mode: 'open' })
      readonly #dark = createDarkSheet()
      #token: CenterOptions['token'] | null = null
      #center: NotificationCenter | null = null
      #ui: DefaultUi | null = null
      #desk: Promise<PushDesk | null> = NO_DESK
      /** What is due to begin anew: the connection with everything, or what is seen of it. */
      #due: 'all' | 'ui' | null = null
      #target: Target | null = null

      constructor() {
        super()
        this.#root.adoptedStyleSheets = [sheet, this.#dark.sheet]
      }

      get center(): NotificationCenter | null {
        return this.#center
      }

      get desk(): Promise<PushDesk | null> {
        return this.#desk
      }

      get token(): CenterOptions['token'] | null {
        return this.#token ?? this.getAttribute('token')
      }

      set token(token: CenterOptions['token'] | null) {
        this.#token = token
        this.#restart('all')
      }

      open(target: Target = {}): void {
        if (this.#ui === null) this.#target = target
        else this.#ui.open(target)
      }

      connectedCallback(): void {
        // What a page set before the element was known hides ours.
        const early: unknown = Object.getOwnPropertyDescriptor(this, 'token')?.value
        if (typeof early === 'string' || typeof early === 'function') {
          Reflect.deleteProperty(this, 'token')
          Reflect.set(this, 'token', early)
        }
        this.#restart('all')
      }

      disconnectedCallback(): void {
        this.#stop()
      }

      attributeChangedCallback(name: string, before: string | null, after: string | null): void {
        if (name === 'theme') this.#dark.turnTo(THEMES.find(theme => theme === after) ?? 'auto')
        else if (before !== after) this.#restart(name === 'lang' || name === 'view' ? 'ui' : 'all')
      }

      /** Once for all that is set in one go. */
      #restart(what: 'all' | 'ui'): void {
        const isWaiting = this.#due !== null
        if (this.#due !== 'all') this.#due = what
        if (isWaiting) return
        queueMicrotask(() => {
          if (this.#due === 'all' || !this.isConnected) this.#stop()
          this.#due = null
          if (this.isConnected) this.#start()
        })
      }

      #start(): void {
        const isNew = this.#center === null
        const options = this.#options()
        const center = (this.#center ??= createNotificationCenter(options))
        const view = VIEWS.find(known => known === this.getAttribute('view')) ?? 'bell'
        const wishes = [this.getAttribute('lang'), document.documentElement.lang, ...navigator.languages]
        const lang = pickLanguage(wishes)
        if (isNew) this.#desk = openDesk(center, options, lang)
        this.#ui?.close()
        this.#ui = createDefaultUi(this.#root, { center, desk: this.#desk, lang, view })
        if (this.#target !== null) this.#ui.open(this.#target)
        this.#target = null
        if (isNew) this.dispatchEvent(new CustomEvent('ec-ready', { bubbles: true }))
      }

      #options(): CenterOptions {
        const { token } = this
        const url = this.getAttribute('url')
        const worker = this.getAttribute('worker')
        return {
          ...(token === null || token === undefined ? {} : { token }),
          ...(url === null ? {} : { url }),
          ...(worker === null ? {} : { worker }),
        }
      }

      #stop(): void {
        this.#ui?.close()
        this.#center?.close()
        this.#ui = this.#center = null
        void this.#desk.then(desk => desk?.close())
        this.#desk = NO_DESK
      }
    },
  )
}

/** Where there is no worker of the site's, the agent's own pages alone have push. What cannot be loaded now is not there. */
async function openDesk(
  center: NotificationCenter,
  { url, worker }: CenterOptions,
  lang: string,
): Promise<PushDesk | null> {
  if (worker === undefined && new URL(url ?? '.', import.meta.url).origin !== location.origin) return null
  const told = { center, lang, ...(url === undefined ? {} : { url }), ...(worker === undefined ? {} : { worker }) }
  return openPushDesk(told).catch(() => null)
}
