-- The same calendar of a user, seen through another account, is looked for whenever one of them is read.
create index resources_target on resources (user_id, provider, target) where target is not null;
