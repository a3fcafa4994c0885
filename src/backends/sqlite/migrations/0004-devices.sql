-- Browsers that take pushes. The address (endpoint and keys) is sealed; `endpoint_hash` finds it again.
create table devices (
  n integer primary key,
  id text not null unique,
  user_id text not null,
  endpoint_hash text not null unique,
  address blob not null,
  key_id text not null,
  secret_hash text not null,
  name text,
  platform text,
  locale text,
  tz text,
  created_at integer not null,
  seen_at integer not null,
  last_ok_at integer,
  last_error_at integer,
  last_error text
);
create index devices_user on devices (user_id, seen_at);
