-- The first store: notifications, events with a numbered stream per user, jobs, and who and what they belong to.
-- `n` is the order of arrival; `ntf_17` is the notification with n = 17, `job_17` the job. Instants are ms since 1970.

create table meta (
  name text primary key,
  value text not null
) without rowid;

create table notifications (
  n integer primary key,
  provider text not null,
  resource_id text not null,
  key text not null,
  kind text not null,
  state text not null,
  received_at integer not null,
  processed_at integer,
  reason text,
  detail text
);
create index notifications_held on notifications (resource_id, n) where state = 'held';
create index notifications_quarantined on notifications (n) where state = 'quarantined';

-- The raw request, apart: it is written once and goes first, and the rows above stay many to a page.
create table notification_bodies (
  n integer primary key,
  headers text not null,
  body blob not null
);

-- Finds a notification by the hash of its resource and key. Filled in sorted slices behind the arrivals (key-index.ts):
-- a unique index on random keys would dirty a page for every row.
create table notification_keys (
  hash integer not null,
  n integer not null,
  primary key (hash, n)
) without rowid;

create table jobs (
  n integer primary key,
  kind text not null,
  group_key text not null,
  priority integer not null,
  state text not null,
  attempt integer not null default 0,
  max_attempts integer not null,
  run_at integer not null,
  created_at integer not null,
  finished_at integer,
  error text,
  payload text not null
);
create index jobs_dead on jobs (n) where state = 'dead';

-- Jobs that are handed out, a row for all that one claim took: while its row stands they are running, and their
-- attempt counts. A row a claim in the place of an update a job.
create table claims (
  n integer primary key,
  jobs text not null
);

create table users (
  n integer primary key,
  id text not null unique,
  name text,
  email text,
  tz text,
  lang text,
  created_at integer not null
);

-- One row a user: the newest number of the stream, how far retention has eaten it, and what is unread.
create table heads (
  user_id text primary key,
  seq integer not null default 0,
  pruned integer not null default 0,
  unread integer not null default 0,
  unread_action integer not null default 0
) without rowid;

create table events (
  n integer primary key,
  id text not null,
  user_id text not null,
  seq integer,
  type text not null,
  level text not null,
  service text,
  key_id text,
  content_hash text,
  -- When it took its place in the stream; until then, when it was made.
  placed_at integer not null,
  expires_at integer,
  ws integer not null,
  inbox integer not null,
  progress_key text,
  superseded integer not null default 0,
  seen_at integer,
  read_at integer,
  archived_at integer,
  snoozed_until integer,
  answered_at integer,
  retracted_at integer,
  plan text not null,
  json text not null
);
create unique index events_by_id on events (id, user_id);
create unique index events_by_seq on events (user_id, seq) where seq is not null;
create index events_progress on events (user_id, progress_key) where progress_key is not null and superseded = 0;
create index events_progress_age on events (placed_at) where progress_key is not null;

create table states (
  user_id text not null,
  seq integer not null,
  event_id text not null,
  state text not null,
  by_whom text,
  at integer not null,
  until integer,
  primary key (user_id, seq)
) without rowid;
create index states_age on states (at);

create table idempotency (
  key_id text not null,
  user_id text not null,
  key text not null,
  content_hash text not null,
  event_id text not null,
  created_at integer not null,
  primary key (key_id, user_id, key)
) without rowid;
create index idempotency_age on idempotency (created_at);

create table traces (
  n integer primary key,
  user_id text not null,
  event_id text not null,
  at integer not null,
  step text not null,
  channel text,
  target text,
  reason text,
  count integer
);
create index traces_by_event on traces (event_id, user_id, n);

create table resources (
  n integer primary key,
  id text not null unique,
  provider text not null,
  user_id text not null,
  name text not null,
  settings text not null,
  secrets blob not null,
  secret_count integer not null,
  state text not null,
  paused integer not null default 0,
  created_at integer not null,
  last_notification_at integer
);

create table service_keys (
  n integer primary key,
  id text not null unique,
  name text not null,
  hash text not null unique,
  scopes text not null,
  types text not null,
  users text not null,
  max_level text,
  callback_url text,
  created_at integer not null,
  revoked_at integer
);
create unique index service_keys_live_name on service_keys (name) where revoked_at is null;

create table credentials (
  name text primary key,
  value blob not null
) without rowid;

create table features (
  name text primary key,
  is_on integer not null
) without rowid;

create table calls (
  n integer primary key,
  at integer not null,
  provider text not null,
  account text not null,
  operation text not null,
  cause text not null,
  attempt integer not null,
  status integer not null,
  ms integer not null,
  error text
);

-- What `calls` held before retention summed it up, a row a day.
create table call_days (
  day integer not null,
  provider text not null,
  account text not null,
  operation text not null,
  cause text not null,
  calls integer not null,
  retries integer not null,
  failures integer not null,
  primary key (day, provider, account, operation, cause)
) without rowid;
