import { z } from 'zod'
import { EcError } from '../../../core/errors.ts'
import { askPubSub } from '../ask-pubsub.ts'
import type { AccountContext } from '../../provider.ts'
import { isStatus } from './find-thing.ts'

export interface Grant {
  readonly kind: 'topics' | 'subscriptions'
  /** Of the topic or subscription. */
  readonly name: string
  /** `roles/pubsub.publisher` */
  readonly role: string
  /** `serviceAccount:...` */
  readonly member: string
}

const policySchema = z.looseObject({
  etag: z.string().optional(),
  bindings: z.array(z.looseObject({ role: z.string(), members: z.array(z.string()).default([]) })).default([]),
})
type Policy = z.infer<typeof policySchema>

export async function isGranted(ctx: AccountContext, grant: Grant): Promise<boolean> {
  return holds(await readPolicy(ctx, grant), grant)
}

/** False when it was granted before. `EC_ORG_POLICY` when the organisation forbids it. */
export function addGrant(ctx: AccountContext, grant: Grant): Promise<boolean> {
  return change(ctx, grant, policy => {
    if (holds(policy, grant)) return null
    return { ...policy, bindings: [...policy.bindings, { role: grant.role, members: [grant.member] }] }
  })
}

export async function removeGrant(ctx: AccountContext, grant: Grant): Promise<void> {
  await change(ctx, grant, policy => {
    if (!holds(policy, grant)) return null
    const bindings = policy.bindings
      .map(one =>
        one.role === grant.role ? { ...one, members: one.members.filter(who => who !== grant.member) } : one,
      )
      .filter(({ members }) => members.length > 0)
    return { ...policy, bindings }
  })
}

/** Somebody else may write the policy between our reading and writing; its `etag` tells. */
const TURNS = 4

async function change(ctx: AccountContext, grant: Grant, edit: (policy: Policy) => Policy | null): Promise<boolean> {
  for (let turn = 1; ; turn++) {
    const next = edit(await readPolicy(ctx, grant))
    if (next === null) return false
    try {
      await askPubSub(
        ctx,
        {
          operation: `${grant.kind}.setIamPolicy`,
          method: 'POST',
          path: `${grant.name}:setIamPolicy`,
          body: { policy: next },
        },
        z.unknown(),
      )
      return true
    } catch (thrown) {
      if (!isStatus(thrown, 409) || turn === TURNS) throw refine(thrown, grant)
    }
  }
}

function readPolicy(ctx: AccountContext, { kind, name }: Grant): Promise<Policy> {
  return askPubSub(
    ctx,
    { operation: `${kind}.getIamPolicy`, method: 'GET', path: `${name}:getIamPolicy` },
    policySchema,
  )
}

function holds({ bindings }: Policy, { role, member }: Grant): boolean {
  return bindings.some(one => one.role === role && one.members.includes(member))
}

/** Domain restricted sharing (`iam.allowedPolicyMemberDomains`): no account of elsewhere may be granted anything. */
function refine(thrown: unknown, { member }: Grant): unknown {
  if (
    !(thrown instanceof EcError) ||
    !/permitted customer|organization policy|allowedPolicyMember/i.test(thrown.message)
  ) {
    return thrown
  }
  const who = member.replace(/^serviceAccount:/, '')
  return new EcError('EC_ORG_POLICY', `a policy of the organisation does not let ${who} publish to the topic`, {
    cause: thrown,
    details: thrown.details,
    hint:
      'let an administrator set an exception of "Domain restricted sharing" for the project, at ' +
      'https://console.cloud.google.com/iam-admin/orgpolicies/iam-allowedPolicyMemberDomains, or go without: mail is polled then',
  })
}
