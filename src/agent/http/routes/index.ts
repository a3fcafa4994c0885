import type { Route } from '../route.ts'
import { accountRoutes } from './accounts.ts'
import { activityRoutes } from './activity.ts'
import { cacheRoutes } from './cache.ts'
import { calendarRoutes } from './calendars.ts'
import { callRoutes } from './calls.ts'
import { channelRoutes } from './channels.ts'
import { diagnosticRoutes } from './diagnostics.ts'
import { emailRoutes } from './email.ts'
import { eventRoutes } from './events.ts'
import { healthRoutes } from './health.ts'
import { houseRoutes } from './house.ts'
import { inboxRoutes } from './inbox.ts'
import { jobRoutes } from './jobs.ts'
import { keyRoutes } from './keys.ts'
import { liveRoutes } from './live.ts'
import { notificationRoutes } from './notifications.ts'
import { olderRoutes } from './older.ts'
import { pageRoutes } from './pages.ts'
import { questionRoutes } from './questions.ts'
import { pushRoutes } from './push.ts'
import { resourceRoutes } from './resources.ts'
import { sessionRoutes } from './session.ts'
import { subscriptionRoutes } from './subscriptions.ts'
import { syncRoutes } from './syncs.ts'
import { tokenRoutes } from './tokens.ts'
import { userRoutes } from './users.ts'
import { webRoutes } from './web.ts'

/** Every route of the JSON API: the router, `/openapi.json` and 405 answers are made from this one table. */
export const ROUTES: readonly Route[] = [
  ...healthRoutes,
  ...eventRoutes,
  ...questionRoutes,
  ...inboxRoutes,
  ...liveRoutes,
  ...activityRoutes,
  ...userRoutes,
  ...diagnosticRoutes,
  ...resourceRoutes,
  ...accountRoutes,
  ...syncRoutes,
  ...subscriptionRoutes,
  ...calendarRoutes,
  ...notificationRoutes,
  ...pushRoutes,
  ...emailRoutes,
  ...pageRoutes,
  ...webRoutes,
  ...channelRoutes,
  ...jobRoutes,
  ...callRoutes,
  ...keyRoutes,
  ...tokenRoutes,
  ...sessionRoutes,
  ...houseRoutes,
  ...cacheRoutes,
  ...olderRoutes,
]
