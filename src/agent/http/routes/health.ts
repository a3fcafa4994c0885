import { z } from 'zod'
import { EcError } from '../../../core/errors.ts'
import { noQuery } from '../input.ts'
import { checkView } from '../render/check.ts'
import { defineRoute, type Route } from '../route.ts'
import { isOperator, paramOf } from './call.ts'

const status = z.enum(['ok', 'warn', 'fail', 'draining'])

export const healthRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/health',
    summary: 'Whether the agent works; the operator is told more',
    allow: 'open',
    query: noQuery,
    body: null,
    reply: {
      status: 200,
      schema: z.strictObject({
        status,
        version: z.string().optional(),
        instance: z.string().optional(),
        uptime_s: z.number().optional(),
        checks: z.array(checkView).optional(),
      }),
    },
    async handle(call) {
      const health = await call.api.health.read()
      const code = health.status === 'draining' || health.status === 'fail' ? 503 : 200
      const full = isOperator(call) && call.door !== 'public'
      return { status: code, body: full ? health : { status: health.status } }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/health/:nonce',
    summary: 'Proves, once, that this agent made the nonce: how it looks for itself through its public URL',
    allow: 'open',
    query: noQuery,
    body: null,
    reply: { status: 200, schema: z.strictObject({ proof: z.string() }) },
    async handle(call) {
      const proof = call.api.health.prove(paramOf(call, 'nonce'), call.door)
      if (proof === null)
        throw new EcError('EC_NOT_FOUND', 'this agent has not made that nonce, or has answered it before')
      // Whatever Date the answer has at its end is then of somebody on the way, whose clock ours is compared with.
      call.response.sendDate = false
      return { body: { proof } }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/metrics',
    summary: 'Figures for Prometheus',
    allow: ['operator'],
    query: noQuery,
    body: null,
    reply: { status: 200, schema: null, type: 'text/plain' },
    async handle(call) {
      const { contentType, text } = await call.api.health.metrics()
      return { headers: { 'content-type': contentType }, body: text }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/openapi.json',
    summary: 'This document',
    allow: 'open',
    query: noQuery,
    body: null,
    reply: { status: 200, schema: null, type: 'application/json' },
    async handle(call) {
      return { body: call.describe() }
    },
  }),
]
