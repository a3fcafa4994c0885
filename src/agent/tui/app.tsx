import { useInput, useStdout, type Key } from 'ink'
import { useEffect, useSyncExternalStore, type ReactElement } from 'react'
import type { Controller } from './controller.ts'
import { ScreenLines } from './screen-lines.tsx'
import { renderScreen } from './views/screen.ts'

interface AppProps {
  readonly controller: Pick<Controller, 'state' | 'subscribe' | 'press' | 'write' | 'resize'>
  /** ms since 1970. */
  readonly now: () => number
}

/** The screens: the controller's state as lines, and the keys back to it. */
export function App({ controller, now }: AppProps): ReactElement {
  const state = useSyncExternalStore(controller.subscribe, controller.state)
  const { stdout } = useStdout()
  useEffect(() => {
    const resize = (): void => controller.resize(extent(stdout, 'columns') || 80, extent(stdout, 'rows') || 24)
    stdout.on('resize', resize)
    return () => void stdout.off('resize', resize)
  }, [controller, stdout])
  useInput((input, key) => {
    if (state.detail?.answering?.step === 'write' && !state.isHelpOpen) return typeText(controller, input, key)
    for (const name of namesOf(input, key, state.isEditingFilter)) controller.press(name)
  })
  return <ScreenLines lines={renderScreen(state, now())} />
}

/** Of a terminal; 0 when it does not say. Ink 8 promises less of its output than Ink 6, though it is the same. */
function extent(stdout: object, side: 'columns' | 'rows'): number {
  return Number(Reflect.get(stdout, side) ?? 0)
}

/** More characters at once than a person types: pasted, and so no commands. */
const PASTE = 8

/** A line that ends is Enter; lines before the end were pasted, and are one text. */
function typeText(controller: AppProps['controller'], input: string, key: Key): void {
  const named = namedKey(input, key)
  if (named !== null) return controller.press(named)
  if (key.ctrl || key.meta) return
  const [, text = '', end = ''] = /^([^]*?)([\r\n\t]?)$/.exec(input) ?? []
  for (const piece of text.split(/(\u007f)/)) {
    if (piece === '\u007f') controller.press('backspace')
    else if (piece !== '') controller.write(piece)
  }
  if (end === '\r' || end === '\n') controller.press('enter')
}

function namesOf(input: string, key: Key, isTyping: boolean): readonly string[] {
  const named = namedKey(input, key)
  if (named !== null) return [named]
  if (key.ctrl || key.meta) return []
  const characters = [...input].flatMap(character => {
    const name = CONTROLS[character]
    return name === undefined && character < ' ' ? [] : [name ?? character]
  })
  return isTyping || characters.length <= PASTE ? characters : []
}

/** Keys that come in one piece with what was typed before them. */
const CONTROLS: Readonly<Record<string, string>> = { '\r': 'enter', '\n': 'enter', '\t': 'tab', '\u007f': 'backspace' }

function namedKey(input: string, key: Key): string | null {
  if (key.ctrl) return input === 'c' ? 'ctrl-c' : input === 'u' ? 'ctrl-u' : null
  if (key.upArrow) return 'up'
  if (key.downArrow) return 'down'
  if (key.pageUp) return 'page-up'
  if (key.pageDown) return 'page-down'
  if (key.home) return 'home'
  if (key.end) return 'end'
  if (key.return) return 'enter'
  if (key.escape) return 'escape'
  if (key.tab) return key.shift ? 'back-tab' : 'tab'
  // Terminals disagree on which of the two the key above Enter sends.
  return key.backspace || key.delete ? 'backspace' : null
}
