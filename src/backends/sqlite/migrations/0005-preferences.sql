-- What a person wants of the delivery, as JSON; null for somebody who never said anything. It goes with the user.
alter table users add column preferences text;
create index users_with_preferences on users (n) where preferences is not null;
