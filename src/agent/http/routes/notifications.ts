import { z } from 'zod'
import { NOTIFICATION_STATES } from '../../../core/notification.ts'
import { noQuery, pageQuery, readSince } from '../input.ts'
import {
  notificationRecordView,
  notificationView,
  renderNotification,
  renderNotificationRecord,
} from '../render/notification.ts'
import { pageOf } from '../render/page.ts'
import { defineRoute, type Route } from '../route.ts'
import { paramOf } from './call.ts'

export const notificationRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/api/notifications',
    summary: 'List webhook notifications, refused ones too',
    allow: ['operator'],
    query: pageQuery.extend({
      provider: z.string().min(1).max(40).exactOptional(),
      resource: z.string().min(1).max(64).exactOptional(),
      state: z.enum(NOTIFICATION_STATES, { error: `takes one of ${NOTIFICATION_STATES.join(', ')}` }).exactOptional(),
      since: z.string().max(40).exactOptional(),
    }),
    body: null,
    reply: { status: 200, schema: pageOf('notifications', notificationView) },
    async handle(call) {
      const { resource, since, ...rest } = call.query
      const page = await call.api.notifications.list({
        ...rest,
        ...(resource === undefined ? {} : { resourceId: resource }),
        ...(since === undefined ? {} : { since: readSince(since, call.now) }),
      })
      return { body: { notifications: page.rows.map(renderNotification), next: page.next } }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/notifications/:id',
    summary: 'Show a notification with the request that brought it',
    allow: ['operator'],
    query: noQuery,
    body: null,
    reply: { status: 200, schema: notificationRecordView },
    async handle(call) {
      return { body: renderNotificationRecord(await call.api.notifications.get(paramOf(call, 'id'))) }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/notifications/:id/why',
    summary: 'Say why a notification is where it is',
    allow: ['operator'],
    query: noQuery,
    body: null,
    reply: { status: 200, schema: notificationView.extend({ sentences: z.array(z.string()) }) },
    async handle(call) {
      const { notification, sentences } = await call.api.notifications.why(paramOf(call, 'id'))
      return { body: { ...renderNotification(notification), sentences } }
    },
  }),
]
