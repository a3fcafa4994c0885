declare const self: ServiceWorkerGlobalScope

/** A new version takes over at once: it caches nothing that an open page could miss. */
export function takeOver(): void {
  self.addEventListener('install', event => event.waitUntil(self.skipWaiting()))
  self.addEventListener('activate', event => event.waitUntil(self.clients.claim()))
}
