import { peekExcerpt, peekInteger, peekLine, peekString } from '../../../core/peek.ts'
import type { Delivery, DescriberTable, Draft } from '../draft.ts'
import { instantOf } from '../words.ts'
import { changeOf, commentOn } from './changes.ts'
import { commentExcerpt } from './comment.ts'
import { linkTo, nameOfIssue } from './issues.ts'

export const DISCUSSIONS: DescriberTable = {
  discussion: describeDiscussion,
  discussion_comment: describeDiscussionComment,
}

function describeDiscussion(delivery: Delivery): Draft {
  const { payload, actor, where, action } = delivery
  const discussion = payload['discussion']
  return {
    title: `${actor} ${changeOf(delivery, `discussion${nameOfIssue(discussion)}`)}${where}`,
    body: peekExcerpt(payload, 'answer', 'body') || peekExcerpt(discussion, 'body') || peekLine(discussion, 'title'),
    at: instantOf(action, discussion),
    ...linkTo(discussion, 'Open the discussion'),
  }
}

function describeDiscussionComment({ payload, actor, where, action }: Delivery): Draft {
  const discussion = payload['discussion']
  const { thread, data } = linkTo(discussion, '')
  return {
    title: `${actor} ${commentOn(action, `discussion${nameOfIssue(discussion)}`)}${where}`,
    body: commentExcerpt(payload),
    url: peekString(payload, 'comment', 'html_url') || peekString(discussion, 'html_url'),
    urlLabel: 'Read the comment',
    thread,
    at: instantOf(action, payload['comment']),
    data: { ...data, comment_id: peekInteger(payload, 'comment', 'id') },
  }
}
