-- Addresses that take no mail for good, in lower case, and what their mail server said. They belong to no user: whoever
-- has such an address gets no mail until it is lifted, or put again.
create table suppressed_addresses (
  n integer primary key,
  address text not null unique,
  reason text not null,
  at integer not null
);
create index users_by_address on users (lower(email)) where email is not null;
