-- The database roles of the processes, made once for a server, before the first migration, by whoever may make roles:
-- `psql -f deploy/postgres/roles.sql`, again after an upgrade; one that is there stays. No role here owns anything, makes
-- other roles or passes by row-level security. What each may do is in contracts/sql; the owner of the database
-- (`TIPLINE_POSTGRES_USER` of `tipline up` and of migrations) grants it. Give each a password, or RDS's `rds_iam`.
-- A statement a line: the embedded server reads them in single-user mode.
DO $$ BEGIN CREATE ROLE tipline_api LOGIN NOINHERIT; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE tipline_router LOGIN NOINHERIT; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE tipline_intake LOGIN NOINHERIT; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE tipline_serve LOGIN NOINHERIT; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE tipline_batch LOGIN NOINHERIT; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE tipline_warm LOGIN NOINHERIT; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE tipline_ticks LOGIN NOINHERIT; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE tipline_analyst LOGIN NOINHERIT; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
