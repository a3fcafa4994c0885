import { languageOf } from '../../shared/language.ts'
import { nameOfBrowser, type BrowserKind } from '../browser-kind.ts'
import type { Guide, PushState } from '../push-desk.ts'
import { en } from './en.ts'
import { es } from './es.ts'
import { placeOf, systemOf } from './place.ts'
import { ru } from './ru.ts'
import type { GuideCatalogue, GuideTexts } from './texts.ts'

const TEXTS: GuideCatalogue = { en, ru, es }
const IOS_PUSH = 16.4

/**
 * What a person does in this browser so that notifications of `site` (a host) come: what undoes `denied`, what leads on
 * from the other states, and for one that works, what the system may have to do with it. Pure; of no state it is silent.
 */
export function guideFor(status: PushState['status'], kind: BrowserKind, site: string, lang: string): Guide {
  const texts = TEXTS[languageOf(lang)]
  const { title, steps } = guideIn(texts, status, kind)
  const name = nameOfBrowser(kind) ?? texts.browser
  const fill = (text: string): string => text.replaceAll('SITE', site).replaceAll('BROWSER', name)
  return { title: fill(title), steps: steps.map(fill) }
}

function guideIn(texts: GuideTexts, status: PushState['status'], kind: BrowserKind): Guide {
  const system = systemOf(kind)
  const afterwards = system === null ? [] : [texts.system[system]]
  switch (status) {
    case 'denied':
      return { title: texts.deniedTitle, steps: [...texts.denied[placeOf(kind)], ...afterwards] }
    case 'install-first':
      return { title: texts.installTitle, steps: texts.install }
    case 'insecure':
      return { title: texts.insecureTitle, steps: texts.insecure }
    case 'unsupported':
      return kind.iosVersion !== null && kind.iosVersion < IOS_PUSH
        ? { title: texts.oldIosTitle, steps: texts.oldIos }
        : { title: texts.unsupportedTitle, steps: texts.unsupported }
    case 'unknown':
    case 'on':
    case 'off':
    case 'switched-off':
    case 'no-key':
    case 'failed':
      return { title: '', steps: afterwards }
    default:
      return status satisfies never
  }
}
