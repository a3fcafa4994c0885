-- Whether pushes are of use. What a device says that it showed, and how many it took since it last said so.
alter table devices add column shown_at integer;
alter table devices add column unshown integer not null default 0;
-- When an event first went out by push, and when it was first read or answered.
alter table events add column pushed_at integer;
alter table events add column opened_at integer;
-- Of what went out by push on a day (of UTC), how much was opened within a day of that.
create table engagement (
  user_id text not null,
  type text not null,
  day integer not null,
  sent integer not null,
  opened integer not null,
  primary key (user_id, type, day)
) without rowid;
create index engagement_age on engagement (day);
-- Types that go out by push no more, because so few of them were opened.
create table governed (
  user_id text not null,
  type text not null,
  at integer not null,
  sent integer not null,
  opened integer not null,
  primary key (user_id, type)
) without rowid;
