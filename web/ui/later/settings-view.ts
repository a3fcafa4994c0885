import type { Preferences, PreferencesPatch } from '../../../src/core/preferences.ts'
import { createDigestSettings } from './digest-settings.ts'
import type { DrawSettings } from './draw-settings.ts'
import { createMutedSettings } from './muted-settings.ts'
import type { LaterKit } from './later-kit.ts'
import { createPausedSettings } from './paused-settings.ts'
import { createQuietSettings } from './quiet-settings.ts'
import { createRouteSettings } from './route-settings.ts'

/** What a person wants of the delivery. A change is kept at once, and said to be. */
export interface SettingsView {
  readonly element: HTMLElement
  close(): void
}

export function createSettingsView(panel: LaterKit): SettingsView {
  const { kit, tell } = panel
  const { center, h } = kit
  const status = h('p', { class: 'foot', role: 'status' }, tell('loading'))
  const place = h('div', { class: 'parts' })
  const element = h('div', { class: 'settings' }, place, status)
  let parts: readonly DrawSettings[] = []
  let known: Preferences | null = null
  let isClosed = false

  kit.attempt(async () => {
    try {
      const [preferences, paused] = await Promise.all([center.getPreferences(), createPausedSettings(panel)])
      parts = [
        createRouteSettings(panel),
        createMutedSettings(panel),
        createQuietSettings(panel),
        createDigestSettings(panel),
        paused,
      ]
      draw(preferences)
    } finally {
      status.textContent = ''
    }
  })

  function draw(preferences: Preferences): void {
    if (isClosed) return
    known = preferences
    // Drawn anew, what had the focus is found again by its name.
    const name = kit.root.activeElement?.getAttribute('data-name')
    place.replaceChildren(...parts.flatMap(part => part(preferences, save) ?? []))
    if (name) place.querySelector<HTMLElement>(`[data-name="${CSS.escape(name)}"]`)?.focus()
  }

  function save(patch: PreferencesPatch): void {
    status.textContent = ''
    kit.attempt(async () => {
      try {
        draw(await center.putPreferences(patch))
        status.textContent = tell('saved')
      } catch (error) {
        // What is shown is what the agent has.
        if (known !== null) draw(known)
        throw error
      }
    })
  }

  return {
    element,
    close() {
      isClosed = true
    },
  }
}
