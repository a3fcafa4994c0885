import { describe, expect, it } from 'vitest'
import { describe as describeNotification } from '#ec/providers/microsoft/map.js'
import { aNotification, aResource } from '../../../support/webhook.js'

const resource = { ...aResource('microsoft'), name: "Ana's Outlook" }
const told = (kind: string, path: string, over: Record<string, unknown> = {}) => {
  const item = {
    id: 'k1',
    changeType: kind,
    subscriptionId: 's1',
    resource: path,
    resourceData: { id: 'AAMk1' },
    ...over,
  }
  return describeNotification(aNotification('microsoft', kind, { value: [item] }), resource)
}

describe('describe', () => {
  it.each([
    ['created', 'Users/1/Events/AAMk1', 'calendar.changed', 'A calendar event was added'],
    ['updated', 'me/calendars/AAMkCal/events/AAMk1', 'calendar.changed', 'A calendar event was changed'],
    ['deleted', "users('1')/events('AAMk1')", 'calendar.changed', 'A calendar event was removed'],
    ['created', "Users/1/mailFolders('inbox')/Messages/AAMk1", 'mail.changed', 'A message was added'],
    ['updated', 'me/contacts/1', 'contacts.changed', 'A contact was changed'],
    ['renamed', 'me/events/1', 'calendar.changed', 'A calendar event has a change of the kind "renamed"'],
    ['created', 'communications/callRecords/1', 'microsoft.created', 'Something at Microsoft was added'],
    ['created', 'sites/1/eventsArchive/2', 'microsoft.created', 'Something at Microsoft was added'],
    ['created', '', 'microsoft.created', 'Something at Microsoft was added'],
  ])('tells %s of %s', (kind, path, type, title) => {
    expect(told(kind, path)).toMatchObject([{ type, title, body: "Ana's Outlook", user_id: 'ana' }])
  })

  it('names what it concerns by the ids, and ties the events of one thing together', () => {
    expect(told('updated', 'me/events/AAMk1')).toMatchObject([
      {
        thread: 'events:AAMk1',
        data: { change: 'updated', subscription_id: 's1', item_id: 'AAMk1' },
      },
    ])
  })

  it.each([
    ['reauthorizationRequired', 'subscription.reauthorization_required'],
    ['subscriptionRemoved', 'subscription.removed'],
    ['missed', 'subscription.missed'],
  ])('warns of %s, with one next step', (kind, type) => {
    const [event] = told(kind, '', { changeType: undefined, lifecycleEvent: kind })
    expect(event).toMatchObject({ type, level: 'warning', body: expect.stringMatching(/^[A-Z].*\. [A-Z].*\.$/) })
  })

  it('finds its own item in a whole batch by the key', () => {
    const value = ['a', 'b', 'c'].map(id => ({ id, changeType: 'created', resourceData: { id: `item-${id}` } }))
    const [event] = describeNotification(aNotification('microsoft', 'created', { value }, { key: 'b' }), resource)
    expect(event?.data).toMatchObject({ item_id: 'item-b' })
  })

  it('says when the details are gone', () => {
    const forgotten = aNotification('microsoft', 'created', '', { body: null })
    expect(describeNotification(forgotten, resource)).toMatchObject([{ body: 'The details are no longer kept.' }])
  })
})
