import Database from 'better-sqlite3'

/** One change of one item of a copy, in the order in which they became durable. */
export interface SeenChange {
  readonly resource: string
  readonly id: string
  /** How often the resource had been read whole by then: 0 = its first read was still under way. */
  readonly generation: number
  readonly before: string | null
  readonly after: string | null
}

/** From here on the store itself keeps what every item of every copy was and became, whatever the agent says of it. */
export function watchCopies(file: string): void {
  const db = new Database(file)
  db.exec(`
    create table seen_changes (n integer primary key, resource_n, id, generation, before, after);
    create trigger seen_insert after insert on items begin
      insert into seen_changes (resource_n, id, generation, before, after) values
        (new.resource_n, new.id, (select generation from syncs where resource_n = new.resource_n), null, new.json);
    end;
    create trigger seen_update after update of json on items when old.json is not new.json begin
      insert into seen_changes (resource_n, id, generation, before, after) values
        (new.resource_n, new.id, (select generation from syncs where resource_n = new.resource_n), old.json, new.json);
    end;
    create trigger seen_delete after delete on items begin
      insert into seen_changes (resource_n, id, generation, before, after) values
        (old.resource_n, old.id, (select generation from syncs where resource_n = old.resource_n), old.json, null);
    end;
  `)
  db.close()
}

export const SEEN_CHANGES = `
  select resources.id as resource, seen_changes.id, generation, before, after
  from seen_changes join resources on resources.n = resource_n order by seen_changes.n`
