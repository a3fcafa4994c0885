-- Accounts, what is read with them, and what was read. `resource_n` is the resource's row, which goes with all of these.

alter table resources add column account_id text;
alter table resources add column target text;
create unique index resources_source on resources (account_id, provider, target) where account_id is not null;

create table accounts (
  n integer primary key,
  id text not null unique,
  family text not null,
  user_id text not null,
  address text not null,
  scopes text not null,
  settings text not null,
  state text not null,
  reason text,
  created_at integer not null,
  granted_at integer not null
);
create unique index accounts_address on accounts (user_id, family, address);

-- How far the copy of a synced resource goes. `job` is the job that waits or runs; `asked_seq` is the `seq` at which the
-- next pass was asked for.
create table syncs (
  resource_n integer primary key,
  cursor text,
  cursor_version text,
  generation integer not null default 0,
  items integer not null default 0,
  pass text,
  seq integer not null default 0,
  asked_seq integer not null default 0,
  asked_cause text,
  asked_full integer not null default 0,
  job integer,
  failure_count integer not null default 0,
  next_at integer,
  last_sync_at integer,
  last_sync_type text,
  last_full_at integer,
  last_change_at integer,
  last_announced_at integer,
  error text,
  error_at integer,
  held_deletion text
);
create index syncs_next on syncs (next_at) where next_at is not null;

-- The copy. The text of an item stands last, so that what is looked at more often comes without it.
create table items (
  n integer primary key,
  resource_n integer not null,
  id text not null,
  generation integer not null,
  version text,
  updated_at integer,
  starts_at integer,
  ends_at integer,
  series text,
  json text not null
);
create unique index items_id on items (resource_n, id);
create index items_time on items (resource_n, starts_at, ends_at);
create index items_series on items (resource_n, series) where series is not null;

create table sync_runs (
  n integer primary key,
  resource_n integer not null,
  type text not null,
  cause text not null,
  started_at integer not null,
  ended_at integer not null,
  pages integer not null,
  changed integer not null,
  -- Notifications whose processing ended with it, and when the first of them had come.
  notifications integer not null,
  notified_at integer,
  error text
);
create index sync_runs_resource on sync_runs (resource_n, n);

create table subscriptions (
  n integer primary key,
  id text not null unique,
  resource_n integer not null,
  state text not null,
  remote_id text,
  address text not null,
  created_at integer not null,
  expires_at integer,
  verified_at integer,
  last_notification_at integer,
  ended_at integer
);
create index subscriptions_resource on subscriptions (resource_n, n);

create index notifications_syncing on notifications (resource_id, n) where state = 'syncing';
