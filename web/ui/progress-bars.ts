import { progressKey, type EcEvent } from '../../src/core/event.ts'
import { cleanLine } from '../../src/core/clean-text.ts'
import { h } from './h.ts'
import { icon } from './icon.ts'
import type { Kit } from './kit.ts'
import { percentOf } from './percent-of.ts'

/** Bars of the jobs that go on now. */
export interface ProgressBars {
  update(progress: readonly EcEvent[]): void
}

interface Bar {
  readonly element: HTMLElement
  tell(event: EcEvent): void
}

/** `most` at once; `onhide`: given, the person can put a bar away until its job is done. */
export function createProgressBars(kit: Kit, place: HTMLElement, most: number, canHide: boolean): ProgressBars {
  const bars = new Map<string, Bar>()
  const hidden = new Set<string>()
  let last: readonly EcEvent[] = []

  function update(progress: readonly EcEvent[]): void {
    last = progress
    const keyed = progress.map(event => [progressKey(event) ?? event.id, event] as const)
    const now = new Map(keyed.filter(([key]) => !hidden.has(key)).slice(0, most))
    for (const key of hidden) if (!keyed.some(([running]) => running === key)) hidden.delete(key)
    for (const [key, bar] of bars) {
      if (now.has(key)) continue
      bar.element.remove()
      bars.delete(key)
    }
    for (const [key, event] of now) {
      const bar = bars.get(key) ?? draw(key)
      bars.set(key, bar)
      bar.tell(event)
      if (!bar.element.isConnected) place.append(bar.element)
    }
  }

  function draw(key: string): Bar {
    const title = h('p', { class: 'title', dir: 'auto' })
    const body = h('p', { class: 'body', dir: 'auto' })
    const bar = h('progress', { max: 100 })
    function hide(): void {
      hidden.add(key)
      update(last)
    }
    const close = canHide
      ? h('button', { type: 'button', class: 'quiet', 'aria-label': kit.say('close'), onclick: hide }, icon('close'))
      : null
    return {
      element: h('div', { class: 'toast' }, h('div', { class: 'said' }, title, body, bar), close),
      tell(event) {
        title.textContent = cleanLine(event.title, 200)
        body.textContent = cleanLine(event.body, 300)
        bar.setAttribute('aria-label', title.textContent)
        const percent = percentOf(event)
        // A bar without a value says that nobody knows how far it is.
        if (percent === null) bar.removeAttribute('value')
        else bar.value = percent
      },
    }
  }

  return { update }
}
