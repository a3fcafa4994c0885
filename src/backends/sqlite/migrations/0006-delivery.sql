-- What became of an event on a channel after it was planned: until when a step is held, and what of the person's it is about.
alter table traces add column until text;
alter table traces add column about text;
