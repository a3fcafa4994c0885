-- What waits for a user's next digest, or is under way in one. It goes when its event goes.
create table digest_items (
  n integer primary key,
  user_id text not null,
  event_id text not null,
  held_at integer not null,
  -- The digest that it is under way in; null while it waits.
  digest text
);
create unique index digest_items_by_event on digest_items (event_id, user_id);
create index digest_items_by_user on digest_items (user_id, digest, n);

-- How far the digests of a user have come: no instant up to `closed_at` has one any more. At `wake_at` a job looks next.
create table digests (
  user_id text primary key,
  closed_at integer,
  wake_at integer
) without rowid;
