import type { Surroundings } from '../context.ts'

/** What a page knows without asking anybody. */
export function lookAround(agent: string): Surroundings {
  const { userAgent, language, maxTouchPoints } = navigator
  return {
    userAgent,
    language,
    isSecure: isSecureContext,
    foreign: new URL(agent).origin === location.origin ? null : location.origin,
    tz: Intl.DateTimeFormat().resolvedOptions().timeZone ?? null,
    isInstalled: matchMedia('(display-mode: standalone)').matches || Reflect.get(navigator, 'standalone') === true,
    // An iPad calls itself a Macintosh, which has no touch screen.
    isIos: /iPhone|iPad|iPod/.test(userAgent) || (userAgent.includes('Macintosh') && maxTouchPoints > 1),
    hasWorkers: 'serviceWorker' in navigator,
    hasPush: 'PushManager' in globalThis,
    hasBadge: 'setAppBadge' in navigator,
  }
}
