import type { DrawSettings } from './draw-settings.ts'
import type { LaterKit } from './later-kit.ts'

interface Engagement {
  readonly type: string
  readonly governed_at: string | null
}

/** Kinds that are pushed no more since the person opened so few of them. */
export async function createPausedSettings({ kit, tell, nameOf }: LaterKit): Promise<DrawSettings> {
  const { h, center } = kit
  const path = `/api/users/${encodeURIComponent(center.state.user ?? '')}/engagement`
  const { engagement } = await center.call<{ readonly engagement: readonly Engagement[] }>('GET', path)
  const governed = engagement.filter(({ governed_at }) => governed_at !== null)
  return function draw({ keep }, save) {
    const paused = governed.filter(({ type }) => !keep.includes(type))
    if (paused.length === 0) return null
    const rows = paused.map(({ type }) => {
      const onclick = () => save({ keep: [...keep, type] })
      return h(
        'li',
        {},
        h('button', { type: 'button', class: 'quiet', onclick }, tell('resume', { name: nameOf(type) })),
      )
    })
    const list = h('ul', { class: 'entries' }, ...rows)
    return h('section', {}, h('h3', {}, tell('paused')), h('p', { class: 'help' }, tell('pausedHelp')), list)
  }
}
