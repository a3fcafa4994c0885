import type { EcEvent } from '../../../src/core/event.ts'
import type { CenterState, Item } from '../../center/center.ts'
import type { Target } from '../default-ui.ts'
import { createFilterBar } from './filter-bar.ts'
import { createHistory } from './history.ts'
import { createHistoryDeeds } from './history-deeds.ts'
import { createHistoryList } from './history-list.ts'
import { createHistoryRow, type HistoryRow } from './history-row.ts'
import type { LaterKit } from './later-kit.ts'

/** The history with its filters, what goes on now, and what a notification pointed to. */
export interface HistoryView {
  readonly element: HTMLElement
  update(state: CenterState): void
  show(target: Target): Promise<void>
  close(): void
}

const MOST_BARS = 10

/** `onask`: what a notification pointed to is a question that is still open. */
export function createHistoryView(panel: LaterKit, onask: (item: Item) => void): HistoryView {
  const { kit, tell } = panel
  const { center, h } = kit
  const history = createHistory(kit, draw)
  const deeds = createHistoryDeeds(panel, history)
  const list = createHistoryList(panel, deeds)
  const runningBars = h('div', { class: 'bars' })
  const running = h('section', { class: 'running', hidden: true }, h('h3', {}, tell('running')), runningBars)
  const bars = kit.createProgressBars(kit, runningBars, MOST_BARS, false)
  const pinned = h('div', { class: 'pinned', role: 'list', hidden: true })
  const markAll = h('button', { type: 'button', class: 'quiet', onclick: readAll }, tell('markAll'))
  const filters = createFilterBar(panel, markAll, filter => {
    list.restart()
    history.choose(filter)
  })
  const older = h('button', { type: 'button', class: 'quiet older', onclick: more }, tell('older'))
  const foot = h('p', { class: 'foot', role: 'status' })
  const element = h('div', { class: 'history' }, pinned, running, filters.element, list.element, older, foot)
  const nearEnd = new IntersectionObserver(
    entries => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) more()
    },
    { rootMargin: NEAR },
  )
  let state = center.state
  let pin: HistoryRow | null = null
  let isBroken = false
  let isDue = false
  let isClosed = false

  nearEnd.observe(older)
  draw()

  function draw(): void {
    const items = history.items()
    list.show(items)
    filters.know(items)
    markAll.hidden = state.unread.total === 0 || history.filter.state === 'archived'
    older.hidden = history.complete && list.size >= items.length
    older.disabled = history.isLoading
    const text = sayFoot(items.length)
    if (foot.textContent !== text) foot.textContent = text
  }

  /** Once for all that happens until the next picture. */
  function drawSoon(): void {
    if (isDue) return
    isDue = true
    requestAnimationFrame(() => {
      isDue = false
      if (!isClosed) draw()
    })
  }

  function sayFoot(count: number): string {
    if (history.isLoading) return tell('loading')
    if (!history.complete) return ''
    if (count > 0) return tell('end')
    const { state: chosen, q, service, type } = history.filter
    if (q + service + type !== '') return tell('noneFound')
    return chosen === 'all' ? tell('empty') : chosen === 'unread' ? tell('noneUnread') : tell('noneFound')
  }

  function more(): void {
    if (list.grow()) {
      draw()
      watch()
      return
    }
    // Before the agent has said who this is there is nothing to read.
    if (history.complete || history.isLoading || state.user === null) return
    draw()
    void read()
  }

  async function read(): Promise<void> {
    try {
      await history.loadMore()
      isBroken = false
      list.grow()
      draw()
      watch()
    } catch (error) {
      // It is said once; the button stays.
      if (!isBroken) kit.fail(error)
      isBroken = true
      draw()
    }
  }

  /** An observer tells of changes alone: what still is in sight it has to be asked for anew. */
  function watch(): void {
    nearEnd.unobserve(older)
    nearEnd.observe(older)
  }

  function readAll(): void {
    center.markAllRead().catch(kit.fail)
  }

  async function show({ event, question }: Target): Promise<void> {
    const id = question ? await eventOf(question) : event
    if (!id) return
    const item = center.state.items.find(known => known.event.id === id) ?? (await fetchItem(id))
    if (item === null) return
    if (item.question?.state === 'open') onask(item)
    else pinUp(item)
  }

  async function eventOf(question: string): Promise<string | null> {
    const known = center.state.items.find(item => item.question?.id === question)
    if (known !== undefined) return known.event.id
    const found = await get<{ readonly event: string }>(`/api/questions/${encodeURIComponent(question)}`)
    return found?.event ?? null
  }

  async function fetchItem(id: string): Promise<Item | null> {
    const row = kit.readRow(await get<EcEvent>(`/api/events/${encodeURIComponent(id)}`))
    return row === null || row.isRetracted ? null : row.item
  }

  /** Null for what is not there any more, which is no fault of anybody's. */
  async function get<Answer>(path: string): Promise<Answer | null> {
    try {
      return await center.call<Answer>('GET', path)
    } catch (error) {
      if (kit.codeOf(error) !== 'EC_NOT_FOUND') kit.fail(error)
      return null
    }
  }

  function pinUp(item: Item): void {
    pin?.close()
    pin = createHistoryRow(panel, item, deeds)
    pinned.replaceChildren(pin.element)
    pinned.hidden = false
    pin.head(tell('shown'))
    pin.open()
    pin.focus()
  }

  return {
    element,
    update(next) {
      const wasNobody = state.user === null
      state = next
      if (wasNobody && next.user !== null) watch()
      history.update(next)
      bars.update(next.progress)
      running.hidden = next.progress.length === 0
      const now = pin === null ? undefined : next.items.find(known => known.event.id === pin?.item.event.id)
      if (now !== undefined && now !== pin?.item) pin?.update(now)
      drawSoon()
    },
    show,
    close() {
      isClosed = true
      nearEnd.disconnect()
      filters.close()
      pin?.close()
      list.close()
    },
  }
}

/** What is soon scrolled to is made before. */
const NEAR = '0px 0px 800px 0px'
