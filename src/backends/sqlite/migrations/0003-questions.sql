-- Questions that a person answers. What is asked stands in the event; here is what became of it.
create table questions (
  n integer primary key,
  id text not null,
  user_id text not null,
  event_id text not null,
  key_id text,
  state text not null,
  default_option text,
  expires_at integer,
  created_at integer not null,
  option text,
  input text,
  answered_by text,
  ended_at integer
);
create unique index questions_by_id on questions (id, user_id);
create index questions_by_event on questions (event_id, user_id);
create index questions_by_user on questions (user_id, n);
create index questions_open on questions (n) where state = 'open';
