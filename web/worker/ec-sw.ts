// For a site that has a worker of its own: `importScripts('/ec-sw.js')` as its first line. When it is installed and takes
// over is the site's business.
import { listen } from './listen.ts'

declare const self: ServiceWorkerGlobalScope

listen(self, false)
