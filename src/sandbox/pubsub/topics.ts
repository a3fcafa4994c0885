import { isRecord, peekList, peekString, type JsonRecord } from '../../core/peek.ts'
import { ApiError } from '../http/api-error.ts'

/** Who may do what with a topic or a subscription. */
export interface Policy {
  readonly etag: string
  readonly bindings: readonly Binding[]
}

interface Binding {
  readonly role: string
  readonly members: readonly string[]
}

export interface Topic {
  readonly name: string
  readonly labels: JsonRecord
}

/** The number of every project here; its service agent goes by it. */
const PROJECT_NUMBER = '100000000001'
export const SERVICE_AGENT = `serviceAccount:service-${PROJECT_NUMBER}@gcp-sa-pubsub.iam.gserviceaccount.com`
export const GMAIL_PUBLISHER = 'serviceAccount:gmail-api-push@system.gserviceaccount.com'

export const NO_POLICY: Policy = { etag: 'ACAB', bindings: [] }

/** Whether the member has one of the roles; an owner or editor may do what these allow. */
export function isGranted({ bindings }: Policy, member: string, role: 'publisher' | 'subscriber'): boolean {
  const enough = new Set([
    `roles/pubsub.${role}`,
    'roles/pubsub.editor',
    'roles/pubsub.admin',
    'roles/editor',
    'roles/owner',
  ])
  return bindings.some(({ role, members }) => {
    return enough.has(role) && (members.includes(member) || members.includes('allUsers'))
  })
}

/** Reads `{policy}` over the one that stands; 409 when that has changed since it was read. */
export function readPolicy(body: JsonRecord, before: Policy, isRestricted: boolean): Policy {
  const policy = body['policy']
  if (!isRecord(policy)) throw invalid('The policy is missing.')
  const etag = peekString(policy, 'etag')
  if (etag !== '' && etag !== before.etag) {
    const message =
      'There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff.'
    throw new ApiError(409, { reason: 'aborted', message, rpc: 'ABORTED' })
  }
  const bindings = peekList(policy, 'bindings').map(binding => ({
    role: peekString(binding, 'role'),
    members: peekList(binding, 'members').map(String),
  }))
  const isSound = bindings.every(({ role, members }) => {
    return role.startsWith('roles/') && members.every(member => MEMBER.test(member))
  })
  if (!isSound) throw invalid('The policy contains bindings with an invalid role or member.')
  if (isRestricted && bindings.some(({ members }) => members.includes(GMAIL_PUBLISHER))) {
    const message = 'One or more users named in the policy do not belong to a permitted customer.'
    throw new ApiError(400, { reason: 'failedPrecondition', message, rpc: 'FAILED_PRECONDITION' })
  }
  const turn = Number.parseInt(before.etag, 36) + 1
  return { etag: turn.toString(36).toUpperCase(), bindings }
}

const MEMBER = /^(allUsers|allAuthenticatedUsers|(user|serviceAccount|group|domain):\S+)$/

export function invalid(message: string): ApiError {
  return new ApiError(400, { reason: 'badRequest', message, rpc: 'INVALID_ARGUMENT' })
}

export function missing(kind: string, name: string): ApiError {
  const message = `Resource not found (resource=${name.split('/').at(-1) ?? kind}).`
  return new ApiError(404, { reason: 'notFound', message, rpc: 'NOT_FOUND' })
}

export function taken(name: string): ApiError {
  const message = `Resource already exists in the project (resource=${name.split('/').at(-1) ?? ''}).`
  return new ApiError(409, { reason: 'alreadyExists', message, rpc: 'ALREADY_EXISTS' })
}
