import { peek, peekFlag, peekLine, peekList, peekString } from '../../../core/peek.ts'
import type { Delivery, DescriberTable, Draft } from '../draft.ts'
import { count, firstLine, quoted, refName, shortSha } from '../words.ts'
import { commentExcerpt } from './comment.ts'

/** What happens to commits, branches, tags and wiki pages. */
export const CODE: DescriberTable = {
  push: describePush,
  create: delivery => describeRef(delivery, 'created'),
  delete: delivery => describeRef(delivery, 'deleted'),
  commit_comment: describeCommitComment,
  gollum: describeWiki,
}

/** A person reads no more of them in a notification. */
const SHOWN_COMMITS = 5
/** GitHub lists no more commits than this in one push. */
const MAX_LISTED_COMMITS = 2048

function describePush({ payload, actor, where }: Delivery): Draft {
  const ref = peekString(payload, 'ref')
  const name = refName(ref)
  const isTag = ref.startsWith('refs/tags/')
  const commits = peekList(payload, 'commits')
  const deleted = peekFlag(payload, 'deleted')
  return {
    title: `${actor} ${pushVerb(payload, isTag, name, commits.length)}${where}`,
    body: commitLines(commits) || firstLine(payload, 'head_commit', 'message'),
    // What was deleted can no longer be compared.
    ...(deleted ? {} : { url: peekString(payload, 'compare'), urlLabel: 'See the changes' }),
    thread: `@${name}`,
    // GitHub's own clock; the times of commits come from their authors.
    at: peek(payload, 'repository', 'pushed_at'),
    data: {
      [isTag ? 'tag' : 'branch']: name,
      sha: peekLine(payload, 'after'),
      before: peekLine(payload, 'before'),
      commits: commits.length,
      forced: peekFlag(payload, 'forced'),
    },
  }
}

function pushVerb(payload: Delivery['payload'], isTag: boolean, name: string, commits: number): string {
  const thing = `${isTag ? 'tag' : 'branch'} ${name}`
  if (peekFlag(payload, 'deleted')) return `deleted ${thing}`
  const amount = commits === MAX_LISTED_COMMITS ? '2,048 or more commits' : count(commits, 'commit')
  if (peekFlag(payload, 'created')) return `created ${thing}${commits > 0 && !isTag ? ` with ${amount}` : ''}`
  if (isTag) return `moved ${thing}`
  if (peekFlag(payload, 'forced')) return commits > 0 ? `force-pushed ${amount} to ${name}` : `force-pushed ${name}`
  return commits > 0 ? `pushed ${amount} to ${name}` : `pushed to ${name}`
}

/** Newest first, as the page behind the link shows the most wanted. */
function commitLines(commits: readonly unknown[]): string {
  const shown = commits.slice(-SHOWN_COMMITS).toReversed().map(commitLine)
  const rest = commits.length - shown.length
  return [...shown, ...(rest > 0 ? [`and ${rest.toLocaleString('en-US')} more`] : [])].join('\n')
}

function commitLine(commit: unknown): string {
  return `${shortSha(peekLine(commit, 'id'))} ${firstLine(commit, 'message')}`.trim()
}

function describeRef({ payload, actor, where }: Delivery, verb: string): Draft {
  const isTag = peekLine(payload, 'ref_type') === 'tag'
  const name = refName(peekString(payload, 'ref'))
  return {
    title: `${actor} ${verb} ${peekLine(payload, 'ref_type') || 'branch'} ${name}`.trim() + where,
    thread: `@${name}`,
    data: { [isTag ? 'tag' : 'branch']: name },
  }
}

function describeCommitComment({ payload, actor, where, action }: Delivery): Draft {
  const sha = peekLine(payload, 'comment', 'commit_id')
  return {
    title: `${actor} commented on commit ${shortSha(sha)}${where}`,
    body: commentExcerpt(payload),
    url: peekString(payload, 'comment', 'html_url'),
    urlLabel: 'Read the comment',
    thread: `@${shortSha(sha)}`,
    at: action === 'created' ? peekString(payload, 'comment', 'created_at') : undefined,
    data: { sha },
  }
}

function describeWiki({ payload, actor, where }: Delivery): Draft {
  const pages = peekList(payload, 'pages')
  const page = pages[0]
  const verb = peekLine(page, 'action') || 'changed'
  const what =
    pages.length === 1
      ? `${verb} the wiki page${quoted(peekLine(page, 'title'))}`
      : `changed ${count(pages.length, 'wiki page')}`
  return {
    title: `${actor} ${what}${where}`,
    body: pages
      .slice(0, 10)
      .map(page => `${peekLine(page, 'title')} (${peekLine(page, 'action')})`)
      .join('\n'),
    url: peekString(page, 'html_url'),
    urlLabel: 'Read the page',
  }
}
