-- The last report of each browser about itself: what its checks found, as JSON. Instants of ours but `made_at`.
create table diagnostics (
  n integer primary key,
  user_id text not null,
  browser text not null,
  device text,
  user_agent text not null,
  language text,
  tz text,
  made_at integer not null,
  received_at integer not null,
  asked_at integer,
  checks text not null,
  unique (user_id, browser)
);
create index diagnostics_age on diagnostics (received_at);
