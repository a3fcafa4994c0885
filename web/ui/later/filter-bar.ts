import type { Item } from '../../center/center.ts'
import { FILTER_STATES, NO_FILTER, type Filter, type FilterState } from './filter.ts'
import type { LaterKit } from './later-kit.ts'

export interface FilterBar {
  readonly element: HTMLElement
  /** Offers the services and kinds of what is there. */
  know(items: readonly Item[]): void
  close(): void
}

/** Whoever types waits no longer than this for what he looks for. */
const PAUSE_MS = 250
const MOST_CHOICES = 50

/** `beside` stands at the end of its first line. */
export function createFilterBar(
  { kit, tell, nameOf }: LaterKit,
  beside: HTMLElement,
  onchange: (filter: Filter) => void,
): FilterBar {
  const { h } = kit
  let filter = NO_FILTER
  let typing: ReturnType<typeof setTimeout> | null = null
  const services = new Set<string>()
  const types = new Set<string>()
  const states = new Map(FILTER_STATES.map(state => [state, stateButton(state)]))
  const search = h('input', {
    type: 'search',
    'aria-label': tell('search'),
    placeholder: tell('search'),
    maxlength: 200,
    dir: 'auto',
    oninput: typed,
  })
  const service = select(tell('service'), tell('anyService'), value => choose({ service: value }))
  const type = select(tell('kind'), tell('anyKind'), value => choose({ type: value }))
  const element = h(
    'div',
    { class: 'filters', role: 'search' },
    h(
      'div',
      { class: 'top' },
      h('div', { class: 'chips', role: 'group', 'aria-label': tell('show') }, ...states.values()),
      beside,
    ),
    h('div', { class: 'finders' }, search, service, type),
  )

  function stateButton(state: FilterState): HTMLButtonElement {
    return h(
      'button',
      { type: 'button', class: 'chip', 'aria-pressed': String(state === 'all'), onclick: () => choose({ state }) },
      tell(state),
    )
  }

  function select(label: string, any: string, onchoose: (value: string) => void): HTMLSelectElement {
    const element = h('select', { 'aria-label': label, hidden: true }, h('option', { value: '' }, any))
    element.addEventListener('change', () => onchoose(element.value))
    return element
  }

  function typed(): void {
    if (typing !== null) clearTimeout(typing)
    typing = setTimeout(() => choose({ q: search.value.trim() }), PAUSE_MS)
  }

  function choose(change: Partial<Filter>): void {
    filter = { ...filter, ...change }
    for (const [state, button] of states) button.setAttribute('aria-pressed', String(state === filter.state))
    type.disabled = filter.state === 'questions'
    onchange(filter)
  }

  function offer(place: HTMLSelectElement, known: Set<string>, value: string, label: string): void {
    if (known.has(value) || known.size >= MOST_CHOICES) return
    known.add(value)
    place.append(h('option', { value }, label))
    // One alone is no choice.
    place.hidden = known.size < 2
  }

  return {
    element,
    know(items) {
      // The newest say enough, and a long history is not walked for each event.
      for (const { event } of items.slice(0, 500)) {
        if (event.service !== undefined) offer(service, services, event.service, kit.cleanLine(event.service, 60))
        offer(type, types, event.type, nameOf(event.type))
      }
    },
    close() {
      if (typing !== null) clearTimeout(typing)
    },
  }
}
