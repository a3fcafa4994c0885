-- How people's browsers are signed in: links that are good once, and the sessions that they opened. Of either secret only
-- the SHA-256 stands here.
create table sign_in_links (
  n integer primary key,
  hash text not null unique,
  user_id text not null,
  created_at integer not null,
  expires_at integer not null,
  used_at integer
);
create index sign_in_links_by_user on sign_in_links (user_id, n);
create index sign_in_links_age on sign_in_links (expires_at);

create table browser_sessions (
  n integer primary key,
  id text not null unique,
  user_id text not null,
  hash text not null unique,
  created_at integer not null,
  seen_at integer not null,
  expires_at integer not null
);
create index browser_sessions_by_user on browser_sessions (user_id, seen_at);
create index browser_sessions_age on browser_sessions (expires_at);
