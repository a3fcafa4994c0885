// What the agent has of calendars beside what they hold in truth, and whether it told of anything twice.

/** By id and version: what is the same has the same ETag. */
export function compareCopies(world, resources) {
  let items = 0
  const differences = []
  for (const [calendar, resource] of resources) {
    const truth = new Map(world.sandbox.control.events(calendar).map(event => [event.id, versionOf(event)]))
    const copy = new Map([...world.copyOf(resource)].map(([id, json]) => [id, versionOf(json)]))
    items += truth.size
    for (const [id, version] of truth) {
      if (copy.get(id) !== version) differences.push({ calendar, id, truth: version, copy: copy.get(id) ?? null })
    }
    for (const id of copy.keys()) if (!truth.has(id)) differences.push({ calendar, id, truth: null })
  }
  return {
    items,
    copies_equal: differences.length === 0,
    ...(differences.length === 0 ? {} : { differences: differences.slice(0, 5) }),
  }
}

/** Of one that was taken out of a series lists tell the id alone, or nearly. */
function versionOf({ status, etag }) {
  return status === 'cancelled' ? 'cancelled' : etag
}

/** An announcement is of one version of one event: its kind, and when the provider says it was changed. */
export function countAnnouncements(world) {
  const rows = world
    .query(`select json from events where type like 'calendar.event.%'`)
    .map(row => JSON.parse(row.json))
  const seen = new Map()
  for (const { type, created_at: at, title, data } of rows) {
    const what = type === 'calendar.event.deleted' ? type : `${type} ${at} ${title}`
    const key = `${data.resource_id} ${data.event_id} ${what}`
    seen.set(key, (seen.get(key) ?? 0) + 1)
  }
  return { told: rows.length, twice: [...seen.values()].filter(count => count > 1).length }
}
