import { peek, peekInteger, peekLine, peekList, peekString } from '../../../core/peek.ts'
import type { Delivery, DescriberTable, Draft } from '../draft.ts'
import { count, inWords, instantOf, nameOf } from '../words.ts'

/** Members, teams, organisations, apps and sponsors. */
export const PEOPLE: DescriberTable = {
  member: describeMember,
  membership: describeMembership,
  organization: describeOrganization,
  org_block: describeBlock,
  team: describeTeam,
  team_add: describeTeamAdd,
  installation: describeInstallation,
  installation_repositories: describeInstallationRepositories,
  installation_target: describeInstallationTarget,
  github_app_authorization: describeAuthorization,
  sponsorship: describeSponsorship,
  marketplace_purchase: describePurchase,
}

function describeMember({ payload, actor, action, repository, where }: Delivery): Draft {
  const member = nameOf(payload['member']) || 'a member'
  const place = repository || 'a repository'
  const title =
    action === 'added'
      ? `${actor} added ${member} to ${place}`
      : action === 'removed'
        ? `${actor} removed ${member} from ${place}`
        : `${actor} changed the rights of ${member}${where}`
  return { title, url: peekString(payload, 'member', 'html_url'), data: { member } }
}

function describeMembership({ payload, actor, action, where }: Delivery): Draft {
  const member = nameOf(payload['member']) || 'a member'
  const team = peekLine(payload, 'team', 'name')
  const preposition = action === 'removed' ? 'from' : 'to'
  return {
    ...linkToTeam(payload),
    title: `${actor} ${inWords(action) || 'added'} ${member} ${preposition} the team ${team}`.trimEnd() + where,
    data: { member, team },
  }
}

function describeOrganization({ payload, actor, action }: Delivery): Draft {
  const name = peekLine(payload, 'organization', 'login') || 'the organization'
  const member =
    nameOf(peek(payload, 'membership', 'user')) ||
    nameOf(payload['user']) ||
    nameOf(payload['invitation']) ||
    'somebody'
  const from = peekLine(payload, 'changes', 'login', 'from')
  switch (action) {
    case 'member_added':
      return { title: `${member} joined ${name}`, data: { member } }
    case 'member_removed':
      return { title: `${actor} removed ${member} from ${name}`, data: { member } }
    case 'member_invited':
      return { title: `${actor} invited ${member} to ${name}`, data: { member } }
    case 'renamed':
      return { title: `${actor} renamed ${from || 'the organization'} to ${name}` }
    default:
      return { title: `${actor} ${inWords(action) || 'changed'} ${name}` }
  }
}

function describeBlock({ payload, actor, action, where }: Delivery): Draft {
  return { title: `${actor} ${inWords(action) || 'blocked'} ${nameOf(payload['blocked_user']) || 'a user'}${where}` }
}

function describeTeam({ payload, actor, action, repository, where }: Delivery): Draft {
  const team = `the team ${peekLine(payload, 'team', 'name')}`.trimEnd()
  const link = linkToTeam(payload)
  switch (action) {
    case 'added_to_repository':
      return { ...link, title: `${actor} gave ${team} access to ${repository || 'a repository'}` }
    case 'removed_from_repository':
      return { ...link, title: `${actor} took from ${team} its access to ${repository || 'a repository'}` }
    default:
      return { ...link, title: `${actor} ${inWords(action) || 'changed'} ${team}${where}` }
  }
}

function describeTeamAdd({ payload, repository }: Delivery): Draft {
  const team = `The team ${peekLine(payload, 'team', 'name')}`.trimEnd()
  return { ...linkToTeam(payload), title: `${team} was given access to ${repository || 'a repository'}` }
}

function linkToTeam(payload: Delivery['payload']): Omit<Draft, 'title'> {
  return {
    body: peekLine(payload, 'team', 'description') || peekLine(payload, 'organization', 'login'),
    url: peekString(payload, 'team', 'html_url'),
    urlLabel: 'Open the team',
    data: { team: peekLine(payload, 'team', 'slug') },
  }
}

const INSTALLATION_VERBS: ReadonlyMap<string, string> = new Map([
  ['created', 'installed'],
  ['deleted', 'uninstalled'],
  ['suspend', 'suspended'],
  ['unsuspend', 'resumed'],
  ['new_permissions_accepted', 'accepted new permissions of'],
])

function describeInstallation({ payload, actor, action }: Delivery): Draft {
  const app = appOf(payload)
  const account = nameOf(peek(payload, 'installation', 'account'))
  return {
    title: `${actor} ${INSTALLATION_VERBS.get(action) ?? (inWords(action) || 'changed')} ${app}${account === '' ? '' : ` on ${account}`}`,
    ...linkToInstallation(payload),
  }
}

function describeInstallationRepositories({ payload, actor, action }: Delivery): Draft {
  const removed = action === 'removed'
  const repositories = peekList(payload, removed ? 'repositories_removed' : 'repositories_added')
  const amount = count(repositories.length, 'repository').replace(/ys$/, 'ies')
  const app = appOf(payload)
  return {
    ...linkToInstallation(payload),
    title: removed ? `${actor} took ${amount} from ${app}` : `${actor} gave ${app} access to ${amount}`,
    body: repositories
      .slice(0, 10)
      .map(repository => peekLine(repository, 'full_name'))
      .filter(Boolean)
      .join('\n'),
  }
}

function describeInstallationTarget({ payload, actor, action }: Delivery): Draft {
  const account = nameOf(payload['account']) || 'the account'
  return { title: `${actor} ${inWords(action) || 'changed'} ${account}, on which an app is installed` }
}

function describeAuthorization({ actor, action }: Delivery): Draft {
  return { title: `${actor} ${inWords(action) || 'revoked'} the authorization of the app` }
}

function appOf(payload: unknown): string {
  const slug = peekLine(payload, 'installation', 'app_slug')
  return slug === '' ? 'the app' : `the app ${slug}`
}

function linkToInstallation(payload: unknown): Omit<Draft, 'title'> {
  return {
    body: nameOf(peek(payload, 'installation', 'account')),
    url: peekString(payload, 'installation', 'html_url'),
    urlLabel: 'Open the installation',
    data: { installation: peekInteger(payload, 'installation', 'id') },
  }
}

const SPONSORSHIP_WORDS: ReadonlyMap<string, string> = new Map([
  ['created', 'sponsors'],
  ['cancelled', 'no longer sponsors'],
  ['edited', 'changed how it is shown that they sponsor'],
  ['pending_cancellation', 'will stop to sponsor'],
  ['pending_tier_change', 'will change the tier at which they sponsor'],
  ['tier_changed', 'changed the tier at which they sponsor'],
])

function describeSponsorship({ payload, actor, action }: Delivery): Draft {
  const sponsorship = payload['sponsorship']
  const sponsor = nameOf(peek(sponsorship, 'sponsor')) || actor
  const words = SPONSORSHIP_WORDS.get(action) ?? `${inWords(action) || 'changed'} the sponsorship of`
  return {
    title: `${sponsor} ${words} ${nameOf(peek(sponsorship, 'sponsorable')) || 'the account'}`,
    body: peekLine(sponsorship, 'tier', 'name'),
    at: instantOf(action, sponsorship),
  }
}

function describePurchase({ payload, action }: Delivery): Draft {
  const purchase = payload['marketplace_purchase']
  const account = nameOf(peek(purchase, 'account')) || 'An account'
  const plan = peekLine(purchase, 'plan', 'name')
  return {
    title: `${account} ${inWords(action) || 'changed'} the plan ${plan}`.trimEnd(),
    body: peekLine(purchase, 'plan', 'description'),
  }
}
