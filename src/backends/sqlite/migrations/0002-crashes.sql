-- Attempts that ended with the agent. They take nothing from the attempts that a job may fail, and have a limit of their own.
alter table jobs add column crashes integer not null default 0;
