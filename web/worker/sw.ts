import { takeOver } from './lifecycle.ts'
import { listen } from './listen.ts'

declare const self: ServiceWorkerGlobalScope

takeOver()
listen(self, true)
