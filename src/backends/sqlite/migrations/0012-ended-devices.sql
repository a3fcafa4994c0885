-- Devices that ended, so that a browser that comes again by its secret is the one it was, and one that a person removed
-- stays away. Of where it was only the hash of the endpoint is kept.
create table ended_devices (
  n integer primary key,
  id text not null unique,
  user_id text not null,
  endpoint_hash text not null,
  secret_hash text not null,
  name text,
  platform text,
  locale text,
  tz text,
  created_at integer not null,
  ended_at integer not null,
  why text not null
);
create index ended_devices_user on ended_devices (user_id, n);
create index ended_devices_endpoint on ended_devices (endpoint_hash);
