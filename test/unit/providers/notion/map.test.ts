import { describe, expect, it } from 'vitest'
import { describe as describeNotification } from '#ec/providers/notion/map.js'
import { aNotification, aResource } from '../../../support/webhook.js'

const PAGE = '0ef104cd-477e-80e1-8571-cfd10e92339a'
const BASE = '13950b26-c203-4f3b-b97d-93ec06319566'
const LINK = 'https://www.notion.so/0ef104cd477e80e18571cfd10e92339a'
const told = (type: string, over: Record<string, unknown> = {}) => {
  const payload = {
    id: 'k1',
    timestamp: '2026-01-05T08:59:36.997Z',
    workspace_name: 'Lighthouse',
    authors: [{ id: 'c7c11cca', type: 'person' }],
    entity: { id: PAGE, type: 'page' },
    data: { parent: { id: BASE, type: 'database' } },
    type,
    ...over,
  }
  return describeNotification(aNotification('notion', type, payload), aResource('notion'))[0]
}

describe('describe', () => {
  it.each([
    ['page.created', 'page.changed', 'A page was added'],
    ['page.content_updated', 'page.changed', 'A page has new content'],
    ['page.deleted', 'page.changed', 'A page was moved to the trash'],
    ['page.transcription_block.transcript_deleted', 'page.changed', 'A page lost a transcript'],
    ['database.schema_updated', 'database.changed', 'A database has other fields'],
    ['data_source.moved', 'data_source.changed', 'A data source was moved'],
    ['view.updated', 'view.changed', 'A view was changed'],
    ['comment.created', 'comment.created', 'A comment was added'],
    ['comment.updated', 'comment.updated', 'A comment was changed'],
    ['file_upload.upload_failed', 'file_upload.upload_failed', 'A file upload has failed'],
    ['page.sung', 'page.changed', 'Notion reported: page sung'],
    ['agent.run.finished', 'notion.agent.run_finished', 'Notion reported: agent run finished'],
  ])('tells %s', (type, ours, title) => {
    expect(told(type)).toMatchObject({ type: ours, title, body: 'Lighthouse', created_at: '2026-01-05T08:59:36.997Z' })
  })

  it('names the change and the ids', () => {
    expect(told('page.properties_updated')).toMatchObject({
      thread: `page:${PAGE}`,
      data: {
        change: 'properties_updated',
        entity_id: PAGE,
        parent_id: BASE,
        author_id: 'c7c11cca',
        author_type: 'person',
      },
    })
  })

  it('links to what a person can open', () => {
    expect(told('page.created')?.cta).toEqual({ label: 'Open in Notion', url: LINK })
    expect(told('comment.created', { entity: { id: 'c1' }, data: { page_id: PAGE } })?.cta?.url).toBe(LINK)
    expect(told('data_source.created', { entity: { id: 'd1' } })?.cta?.url).toBe(
      `https://www.notion.so/${BASE.replaceAll('-', '')}`,
    )
    expect(told('file_upload.created')?.cta).toBeUndefined()
    expect(told('page.created', { entity: { id: '../../evil?x=' } })?.cta).toBeUndefined()
  })
})
