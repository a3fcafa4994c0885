import { peek, peekExcerpt, peekFlag, peekInteger, peekLine, peekString } from '../../../core/peek.ts'
import type { Delivery, DescriberTable, Draft } from '../draft.ts'
import { inWords, instantOf, nameOf, quoted } from '../words.ts'
import { outcomeOf } from './outcome.ts'

/** The life of a repository: its settings, releases, packages, stars and forks. */
export const REPOSITORIES: DescriberTable = {
  repository: describeRepository,
  public: ({ actor, repository }) => ({ title: `${actor} made ${repository || 'a repository'} public` }),
  release: describeRelease,
  star: describeStar,
  watch: ({ actor, repository }) => ({ title: `${actor} starred ${repository || 'a repository'}` }),
  fork: describeFork,
  package: delivery => describePackage(delivery, 'package'),
  registry_package: delivery => describePackage(delivery, 'registry_package'),
  deploy_key: describeDeployKey,
  branch_protection_rule: describeBranchProtection,
  branch_protection_configuration: describeProtectionSwitch,
  repository_import: describeImport,
  meta: describeMeta,
}

function describeRepository({ payload, actor, action, repository }: Delivery): Draft {
  const name = repository || 'a repository'
  const at = action === 'created' ? peekString(payload, 'repository', 'created_at') : undefined
  return { title: `${actor} ${repositoryChange(payload, action, name)}`, at }
}

function repositoryChange(payload: Delivery['payload'], action: string, name: string): string {
  switch (action) {
    case 'renamed':
      return `renamed ${peekLine(payload, 'changes', 'repository', 'name', 'from') || 'a repository'} to ${name}`
    case 'transferred': {
      const from = peek(payload, 'changes', 'owner', 'from')
      const owner = nameOf(peek(from, 'user')) || nameOf(peek(from, 'organization'))
      return `transferred ${name}${owner === '' ? '' : ` from ${owner}`}`
    }
    case 'publicized':
      return `made ${name} public`
    case 'privatized':
      return `made ${name} private`
    case '':
      return `changed ${name}`
    default:
      return `${inWords(action)} ${name}`
  }
}

function describeRelease({ payload, actor, action, where }: Delivery): Draft {
  const release = payload['release']
  const tag = peekLine(release, 'tag_name')
  const verb = action === 'prereleased' ? 'pre-released' : inWords(action) || 'changed'
  const noun = action === 'released' || action === 'prereleased' ? '' : ' the release'
  return {
    title: `${actor} ${verb}${noun} ${peekLine(release, 'name') || tag}`.trimEnd() + where,
    body: peekExcerpt(release, 'body') || tag,
    url: peekString(release, 'html_url'),
    urlLabel: 'Open the release',
    thread: `@${tag}`,
    // `created_at` of a release is the time of its commit.
    at: action === 'published' || action === 'released' ? peekString(release, 'published_at') : undefined,
    data: { tag, id: peekInteger(release, 'id') },
  }
}

function describeStar({ payload, actor, action, repository }: Delivery): Draft {
  const verb = action === 'deleted' ? 'took back the star of' : 'starred'
  return { title: `${actor} ${verb} ${repository || 'a repository'}`, at: payload['starred_at'] }
}

function describeFork({ payload, actor, repository }: Delivery): Draft {
  const fork = payload['forkee']
  const name = peekLine(fork, 'full_name')
  return {
    title: `${actor} forked ${repository || 'a repository'}${name === '' ? '' : ` to ${name}`}`,
    url: peekString(fork, 'html_url'),
    urlLabel: 'Open the fork',
    at: peekString(fork, 'created_at'),
  }
}

function describePackage({ payload, actor, action, where }: Delivery, field: string): Draft {
  const parcel = payload[field]
  const version = peek(parcel, 'package_version')
  const name = `${peekLine(parcel, 'name')} ${peekLine(version, 'version')}`.trim()
  return {
    title: `${actor} ${inWords(action) || 'changed'} the package ${name}`.trimEnd() + where,
    body: peekLine(version, 'summary') || peekLine(parcel, 'package_type'),
    url: peekString(version, 'html_url') || peekString(parcel, 'html_url'),
    urlLabel: 'Open the package',
  }
}

function describeDeployKey({ payload, actor, action, where }: Delivery): Draft {
  const verb = action === 'created' ? 'added' : inWords(action) || 'changed'
  return {
    title: `${actor} ${verb} the deploy key${quoted(peekLine(payload, 'key', 'title'))}${where}`,
    body: peekFlag(payload, 'key', 'read_only') ? 'It may read.' : 'It may read and write.',
    at: instantOf(action, payload['key']),
  }
}

function describeBranchProtection({ payload, actor, action, where }: Delivery): Draft {
  const branch = peekLine(payload, 'rule', 'name')
  return {
    title: `${actor} ${inWords(action) || 'changed'} the protection of branch ${branch}`.trimEnd() + where,
    data: { branch },
  }
}

function describeProtectionSwitch({ actor, action, where }: Delivery): Draft {
  return {
    title: `${actor} ${inWords(action) || 'changed'} all branch protection${where}`,
    level: action === 'disabled' ? 'warning' : 'info',
  }
}

function describeImport({ payload, where }: Delivery): Draft {
  const outcome = outcomeOf(peekLine(payload, 'status'))
  return { title: `The import ${outcome.words}${where}`, level: outcome.level }
}

/** The one delivery after which no more come. */
function describeMeta({ payload, actor, action, where }: Delivery): Draft {
  const kind = inWords(peekLine(payload, 'hook', 'type')).toLowerCase()
  return {
    title: `${actor} ${inWords(action) || 'changed'} this ${kind === '' ? '' : `${kind} `}webhook${where}`,
    body: action === 'deleted' ? 'Nothing more will come from it.' : 'Its settings have changed.',
    level: 'warning',
    data: { hook_id: peekInteger(payload, 'hook_id') },
  }
}
