-- Privacy policy
-- Policy jibrok, in force from 2026-03-01; its content is d1b8702f881109dac5e589af30ac8cb49947a8699f231fb9817bc07b50931323.
--
-- Made by avow: change the policy or the mapping, not this. Apply it as a superuser, or as
-- the owner of the tables with CREATEROLE:  psql -v ON_ERROR_STOP=1 -f FILE
-- It can be applied again and again; all of it happens, or nothing does.
--
-- Data of the policy that is in no table of the mapping: user-key, usage-statistics, licence-contact, message, cookie-id.

BEGIN;
SET LOCAL client_encoding = 'UTF8';
SET LOCAL standard_conforming_strings = on;
SET LOCAL search_path = pg_catalog, pg_temp;
SET LOCAL client_min_messages = warning;

-- What the mapping says, for the checks below.
CREATE TEMPORARY TABLE avow_script (schema text, mark text) ON COMMIT DROP;
INSERT INTO avow_script VALUES ('jibrok_policy', 'avow: policy jibrok; what is in here is replaced');
CREATE TEMPORARY TABLE avow_table (schema text, name text, mapped boolean, columns text[], key text)
  ON COMMIT DROP;
INSERT INTO avow_table VALUES
  ('tracker', 'issue', true, ARRAY['summary', 'description', 'reporter_name', 'reporter_email', 'status', 'opened_at', 'search_words', 'reporter_id', 'private', 'id']::text[], NULL),
  ('tracker', 'account', true, ARRAY['login', 'profile', 'id', 'removal_asked_at', 'id']::text[], NULL);
-- What must be so before anything is changed.
DO $avow$
DECLARE
  wrong text;
BEGIN
  IF current_setting('server_version_num')::int < 150000 THEN
    RAISE EXCEPTION 'PostgreSQL 15 or later is needed, this is %', current_setting('server_version');
  END IF;
  SELECT nspname INTO wrong FROM pg_namespace JOIN avow_script ON nspname = schema
    WHERE obj_description(pg_namespace.oid, 'pg_namespace') IS DISTINCT FROM mark;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'the schema % is there already, and not made for this policy', wrong
      USING HINT = 'Name a schema of its own in the mapping: what is in it is replaced.';
  END IF;
  SELECT format('%I.%I', schema, name) INTO wrong FROM avow_table
    WHERE NOT EXISTS (SELECT FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
      WHERE nspname = schema AND relname = name AND relkind IN ('r', 'p'));
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'there is no table %', wrong
      USING HINT = 'Mend the name in the mapping, and build again.';
  END IF;
  SELECT format('%I.%I of %I', schema, attname, name) INTO wrong
    FROM avow_table
    JOIN pg_namespace ON nspname = schema
    JOIN pg_class ON relnamespace = pg_namespace.oid AND relname = name
    JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
    WHERE mapped AND NOT attname = ANY (columns)
    ORDER BY schema, name, attnum;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'the mapping does not say what is in the column %', wrong
      USING HINT = 'Put it under data, plain or hidden, and build again.';
  END IF;
  SELECT format('%I of %I.%I', key, schema, name) INTO wrong
    FROM avow_table
    WHERE key IS NOT NULL AND NOT EXISTS (
      SELECT FROM pg_index
      JOIN pg_class ON pg_class.oid = indrelid AND relname = name
      JOIN pg_namespace ON pg_namespace.oid = relnamespace AND nspname = schema
      JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0] AND attname = key
      WHERE indisunique AND indisvalid AND indnkeyatts = 1 AND indpred IS NULL);
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'the column % is not unique', wrong
      USING HINT = 'States are looked up by it: of two rows nobody knows which counts.';
  END IF;
END
$avow$;
CREATE SCHEMA IF NOT EXISTS "jibrok_policy";
COMMENT ON SCHEMA "jibrok_policy" IS 'avow: policy jibrok; what is in here is replaced';

-- Roles. Guards own the views; nobody is ever one.
CREATE TEMPORARY TABLE avow_role (name text, kind text) ON COMMIT DROP;
INSERT INTO avow_role VALUES
  ('tracker_public', 'reader'),
  ('jibrok_policy_guard_everybody', 'guard'),
  ('tracker_partner', 'reader'),
  ('jibrok_policy_guard_third_parties', 'guard'),
  ('tracker_staff', 'reader'),
  ('jibrok_policy_guard_us', 'guard'),
  ('tracker_portal', 'reader'),
  ('jibrok_policy_guard_reporter', 'guard'),
  ('tracker_app', 'writer'),
  ('tracker_cleaner', 'eraser'),
  ('jibrok_policy_eraser', 'guard');
DO $avow$
DECLARE
  one record;
  wrong text;
BEGIN
  FOR one IN SELECT * FROM avow_role LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = one.name) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', one.name);
    END IF;
    IF one.kind = 'guard' THEN -- for this script only; see its end
      EXECUTE format('GRANT %I TO CURRENT_USER', one.name);
    END IF;
  END LOOP;
  SELECT name INTO wrong FROM avow_role JOIN pg_roles ON rolname = name
    WHERE rolsuper OR rolbypassrls OR (kind = 'guard' AND (rolcanlogin OR rolcreaterole));
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'the role % may go around row-level security, or is more than a role', wrong
      USING HINT = 'Take SUPERUSER, BYPASSRLS and, of a guard, LOGIN away from it.';
  END IF;
  SELECT format('%I, as whom %I may act', rolname, r.name) INTO wrong
    FROM avow_table
    JOIN pg_namespace ON nspname = schema
    JOIN pg_class ON relnamespace = pg_namespace.oid AND relname = avow_table.name
    JOIN pg_roles ON pg_roles.oid = relowner
    CROSS JOIN avow_role r
    WHERE mapped AND pg_has_role(r.name, relowner, 'MEMBER');
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'a mapped table belongs to %', wrong
      USING HINT = 'The owner of a table can undo all of this. Give it to another role.';
  END IF;
  -- Whatever earlier runs made, for readers that are no more as well.
  FOR one IN SELECT rolname FROM pg_roles, avow_script
      WHERE starts_with(rolname, schema || '_guard_') OR rolname = schema || '_eraser' LOOP
    EXECUTE format('GRANT %I TO CURRENT_USER', one.rolname);
    EXECUTE format('DROP OWNED BY %I', one.rolname);
  END LOOP;
  FOR one IN SELECT polname, nspname, relname FROM pg_policy
      JOIN pg_class ON pg_class.oid = polrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace,
      avow_script WHERE starts_with(polname, schema || ': ') LOOP
    EXECUTE format('DROP POLICY %I ON %I.%I', one.polname, one.nspname, one.relname);
  END LOOP;
  FOR one IN SELECT polname, nspname, relname FROM pg_policy
      JOIN pg_class ON pg_class.oid = polrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
      JOIN avow_table ON schema = nspname AND name = relname AND mapped LOOP
    RAISE WARNING 'the policy % of %.% is not of this script', one.polname, one.nspname, one.relname
      USING HINT = 'What it lets somebody see, it lets somebody see. Look at it, or drop it.';
  END LOOP;
END
$avow$;

-- Rights: all are taken first. Row-level security holds the owner of a table too; without a
-- policy below nobody sees or changes a row.
REVOKE ALL ON "tracker"."issue" FROM PUBLIC, "tracker_public", "tracker_partner", "tracker_staff", "tracker_portal", "tracker_app", "tracker_cleaner";
ALTER TABLE "tracker"."issue" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "tracker"."issue" FORCE ROW LEVEL SECURITY;
REVOKE ALL ON "tracker"."account" FROM PUBLIC, "tracker_public", "tracker_partner", "tracker_staff", "tracker_portal", "tracker_app", "tracker_cleaner";
ALTER TABLE "tracker"."account" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "tracker"."account" FORCE ROW LEVEL SECURITY;
GRANT USAGE ON SCHEMA "jibrok_policy" TO "tracker_public";
GRANT USAGE, CREATE ON SCHEMA "jibrok_policy" TO "jibrok_policy_guard_everybody";
GRANT USAGE ON SCHEMA "jibrok_policy" TO "tracker_partner";
GRANT USAGE, CREATE ON SCHEMA "jibrok_policy" TO "jibrok_policy_guard_third_parties";
GRANT USAGE ON SCHEMA "jibrok_policy" TO "tracker_staff";
GRANT USAGE, CREATE ON SCHEMA "jibrok_policy" TO "jibrok_policy_guard_us";
GRANT USAGE ON SCHEMA "jibrok_policy" TO "tracker_portal";
GRANT USAGE, CREATE ON SCHEMA "jibrok_policy" TO "jibrok_policy_guard_reporter";
GRANT USAGE, CREATE ON SCHEMA "jibrok_policy" TO "jibrok_policy_eraser";

-- issue, what we may show to everybody
-- never: reporter_email (issue.email)
--   clause email-for-staff: “Your e-mail address is never shown to others: only our staff sees it, and you yourself.”; clause private-on-request: “Ask us, and your support request becomes private: within 1 business day nobody but you and our staff can see it any more.”
-- only in the cases below:
--   clause private-on-request: “Ask us, and your support request becomes private: within 1 business day nobody but you and our staff can see it any more.”
GRANT USAGE ON SCHEMA "tracker" TO "jibrok_policy_guard_everybody";
GRANT SELECT ("id", "summary", "description", "reporter_name", "status", "opened_at", "private") ON "tracker"."issue" TO "jibrok_policy_guard_everybody";
CREATE POLICY "jibrok_policy: everybody" ON "tracker"."issue" FOR SELECT TO "jibrok_policy_guard_everybody"
  USING ("issue"."private" IS FALSE);
CREATE VIEW "jibrok_policy"."issue__everybody"
  WITH (security_barrier = true, security_invoker = false) AS
  SELECT
    "issue"."id",
    "issue"."summary",
    "issue"."description",
    "issue"."reporter_name",
    "issue"."status",
    "issue"."opened_at"
  FROM "tracker"."issue"
  WHERE "issue"."private" IS FALSE;
ALTER VIEW "jibrok_policy"."issue__everybody" OWNER TO "jibrok_policy_guard_everybody";
REVOKE ALL ON "jibrok_policy"."issue__everybody" FROM PUBLIC;
GRANT SELECT ON "jibrok_policy"."issue__everybody" TO "tracker_public";
COMMENT ON COLUMN "jibrok_policy"."issue__everybody"."summary" IS 'issue.text: clause public-tracker: “The tracker is open to the public: your name and what you write in the request can be read by everybody there.”';
COMMENT ON COLUMN "jibrok_policy"."issue__everybody"."description" IS 'issue.text: clause public-tracker: “The tracker is open to the public: your name and what you write in the request can be read by everybody there.”';
COMMENT ON COLUMN "jibrok_policy"."issue__everybody"."reporter_name" IS 'issue.name: clause public-tracker: “The tracker is open to the public: your name and what you write in the request can be read by everybody there.”';

-- issue, what we may show to third-parties
-- never: summary (issue.text), description (issue.text), reporter_name (issue.name)
--   clause private-on-request: “Ask us, and your support request becomes private: within 1 business day nobody but you and our staff can see it any more.”
-- never: reporter_email (issue.email)
--   clause email-for-staff: “Your e-mail address is never shown to others: only our staff sees it, and you yourself.”; clause private-on-request: “Ask us, and your support request becomes private: within 1 business day nobody but you and our staff can see it any more.”
-- So there is no view.

-- issue, what we may show to us
GRANT USAGE ON SCHEMA "tracker" TO "jibrok_policy_guard_us";
GRANT SELECT ("id", "summary", "description", "reporter_name", "reporter_email", "status", "opened_at") ON "tracker"."issue" TO "jibrok_policy_guard_us";
CREATE POLICY "jibrok_policy: us" ON "tracker"."issue" FOR SELECT TO "jibrok_policy_guard_us"
  USING (true);
CREATE VIEW "jibrok_policy"."issue__us"
  WITH (security_barrier = true, security_invoker = false) AS
  SELECT
    "issue"."id",
    "issue"."summary",
    "issue"."description",
    "issue"."reporter_name",
    "issue"."reporter_email",
    "issue"."status",
    "issue"."opened_at"
  FROM "tracker"."issue";
ALTER VIEW "jibrok_policy"."issue__us" OWNER TO "jibrok_policy_guard_us";
REVOKE ALL ON "jibrok_policy"."issue__us" FROM PUBLIC;
GRANT SELECT ON "jibrok_policy"."issue__us" TO "tracker_staff";
COMMENT ON COLUMN "jibrok_policy"."issue__us"."summary" IS 'issue.text: clause own-request: “Our staff and you can always read your support request, and we may answer it by e-mail.”';
COMMENT ON COLUMN "jibrok_policy"."issue__us"."description" IS 'issue.text: clause own-request: “Our staff and you can always read your support request, and we may answer it by e-mail.”';
COMMENT ON COLUMN "jibrok_policy"."issue__us"."reporter_name" IS 'issue.name: clause own-request: “Our staff and you can always read your support request, and we may answer it by e-mail.”';
COMMENT ON COLUMN "jibrok_policy"."issue__us"."reporter_email" IS 'issue.email: clause email-for-staff: “Your e-mail address is never shown to others: only our staff sees it, and you yourself.”';

-- issue, what we may show to reporter
GRANT USAGE ON SCHEMA "tracker" TO "jibrok_policy_guard_reporter";
GRANT SELECT ("id", "summary", "description", "reporter_name", "reporter_email", "status", "opened_at", "reporter_id") ON "tracker"."issue" TO "jibrok_policy_guard_reporter";
CREATE POLICY "jibrok_policy: reporter" ON "tracker"."issue" FOR SELECT TO "jibrok_policy_guard_reporter"
  USING ("issue"."reporter_id" = NULLIF(current_setting('avow.person', true), '')::bigint);
CREATE VIEW "jibrok_policy"."issue__reporter"
  WITH (security_barrier = true, security_invoker = false) AS
  SELECT
    "issue"."id",
    "issue"."summary",
    "issue"."description",
    "issue"."reporter_name",
    "issue"."reporter_email",
    "issue"."status",
    "issue"."opened_at"
  FROM "tracker"."issue"
  WHERE "issue"."reporter_id" = NULLIF(current_setting('avow.person', true), '')::bigint;
ALTER VIEW "jibrok_policy"."issue__reporter" OWNER TO "jibrok_policy_guard_reporter";
REVOKE ALL ON "jibrok_policy"."issue__reporter" FROM PUBLIC;
GRANT SELECT ON "jibrok_policy"."issue__reporter" TO "tracker_portal";
COMMENT ON COLUMN "jibrok_policy"."issue__reporter"."summary" IS 'issue.text: clause own-request: “Our staff and you can always read your support request, and we may answer it by e-mail.”';
COMMENT ON COLUMN "jibrok_policy"."issue__reporter"."description" IS 'issue.text: clause own-request: “Our staff and you can always read your support request, and we may answer it by e-mail.”';
COMMENT ON COLUMN "jibrok_policy"."issue__reporter"."reporter_name" IS 'issue.name: clause own-request: “Our staff and you can always read your support request, and we may answer it by e-mail.”';
COMMENT ON COLUMN "jibrok_policy"."issue__reporter"."reporter_email" IS 'issue.email: clause email-for-staff: “Your e-mail address is never shown to others: only our staff sees it, and you yourself.”';

-- account, what we may show to everybody
-- never: login (account), profile (account)
--   nothing in the policy permits it
-- So there is no view.

-- account, what we may show to third-parties
-- never: login (account), profile (account)
--   nothing in the policy permits it
-- So there is no view.

-- account, what we may show to us
-- never: login (account), profile (account)
--   nothing in the policy permits it
-- So there is no view.

-- account, what we may show to reporter
-- never: login (account), profile (account)
--   nothing in the policy permits it
-- So there is no view.

-- issue, written by tracker_app: what us may store in issue-tracker
GRANT USAGE ON SCHEMA "tracker" TO "tracker_app";
GRANT SELECT ("id", "reporter_id", "private", "status", "opened_at") ON "tracker"."issue" TO "tracker_app";
GRANT INSERT, UPDATE ON "tracker"."issue" TO "tracker_app";
CREATE POLICY "jibrok_policy: tracker_app SELECT" ON "tracker"."issue" FOR SELECT TO "tracker_app" USING (true);
CREATE POLICY "jibrok_policy: tracker_app INSERT" ON "tracker"."issue" FOR INSERT TO "tracker_app"
  WITH CHECK (true);
CREATE POLICY "jibrok_policy: tracker_app UPDATE" ON "tracker"."issue" FOR UPDATE TO "tracker_app" USING (true)
  WITH CHECK (true);

-- account, written by tracker_app: what us may store in issue-tracker
GRANT USAGE ON SCHEMA "tracker" TO "tracker_app";
GRANT SELECT ("id", "removal_asked_at") ON "tracker"."account" TO "tracker_app";
GRANT INSERT, UPDATE ON "tracker"."account" TO "tracker_app";
CREATE POLICY "jibrok_policy: tracker_app SELECT" ON "tracker"."account" FOR SELECT TO "tracker_app" USING (true);
CREATE POLICY "jibrok_policy: tracker_app INSERT" ON "tracker"."account" FOR INSERT TO "tracker_app"
  WITH CHECK (true);
CREATE POLICY "jibrok_policy: tracker_app UPDATE" ON "tracker"."account" FOR UPDATE TO "tracker_app" USING (true)
  WITH CHECK (true);

-- The calendar of the policy: the zone Europe/Berlin as of tzdata 2025b, times in UTC. The server's own zones are
-- not asked.
CREATE TABLE "jibrok_policy"."calendar" (known_from timestamp, known_until timestamp, working_days integer, cut_off integer, holidays_until date);
ALTER TABLE "jibrok_policy"."calendar" OWNER TO "jibrok_policy_eraser";
INSERT INTO "jibrok_policy"."calendar" VALUES ('2025-03-01 00:00:00', '2051-03-01 00:00:00', 31, 1020, '2028-12-31');
CREATE TABLE "jibrok_policy"."zone_change" (since timestamp NOT NULL, until timestamp, seconds integer NOT NULL, seconds_then integer);
ALTER TABLE "jibrok_policy"."zone_change" OWNER TO "jibrok_policy_eraser";
INSERT INTO "jibrok_policy"."zone_change" VALUES
  ('-infinity', '2025-03-30 01:00:00', 3600, 7200),
  ('2025-03-30 01:00:00', '2025-10-26 01:00:00', 7200, 3600),
  ('2025-10-26 01:00:00', '2026-03-29 01:00:00', 3600, 7200),
  ('2026-03-29 01:00:00', '2026-10-25 01:00:00', 7200, 3600),
  ('2026-10-25 01:00:00', '2027-03-28 01:00:00', 3600, 7200),
  ('2027-03-28 01:00:00', '2027-10-31 01:00:00', 7200, 3600),
  ('2027-10-31 01:00:00', '2028-03-26 01:00:00', 3600, 7200),
  ('2028-03-26 01:00:00', '2028-10-29 01:00:00', 7200, 3600),
  ('2028-10-29 01:00:00', '2029-03-25 01:00:00', 3600, 7200),
  ('2029-03-25 01:00:00', '2029-10-28 01:00:00', 7200, 3600),
  ('2029-10-28 01:00:00', '2030-03-31 01:00:00', 3600, 7200),
  ('2030-03-31 01:00:00', '2030-10-27 01:00:00', 7200, 3600),
  ('2030-10-27 01:00:00', '2031-03-30 01:00:00', 3600, 7200),
  ('2031-03-30 01:00:00', '2031-10-26 01:00:00', 7200, 3600),
  ('2031-10-26 01:00:00', '2032-03-28 01:00:00', 3600, 7200),
  ('2032-03-28 01:00:00', '2032-10-31 01:00:00', 7200, 3600),
  ('2032-10-31 01:00:00', '2033-03-27 01:00:00', 3600, 7200),
  ('2033-03-27 01:00:00', '2033-10-30 01:00:00', 7200, 3600),
  ('2033-10-30 01:00:00', '2034-03-26 01:00:00', 3600, 7200),
  ('2034-03-26 01:00:00', '2034-10-29 01:00:00', 7200, 3600),
  ('2034-10-29 01:00:00', '2035-03-25 01:00:00', 3600, 7200),
  ('2035-03-25 01:00:00', '2035-10-28 01:00:00', 7200, 3600),
  ('2035-10-28 01:00:00', '2036-03-30 01:00:00', 3600, 7200),
  ('2036-03-30 01:00:00', '2036-10-26 01:00:00', 7200, 3600),
  ('2036-10-26 01:00:00', '2037-03-29 01:00:00', 3600, 7200),
  ('2037-03-29 01:00:00', '2037-10-25 01:00:00', 7200, 3600),
  ('2037-10-25 01:00:00', '2038-03-28 01:00:00', 3600, 7200),
  ('2038-03-28 01:00:00', '2038-10-31 01:00:00', 7200, 3600),
  ('2038-10-31 01:00:00', '2039-03-27 01:00:00', 3600, 7200),
  ('2039-03-27 01:00:00', '2039-10-30 01:00:00', 7200, 3600),
  ('2039-10-30 01:00:00', '2040-03-25 01:00:00', 3600, 7200),
  ('2040-03-25 01:00:00', '2040-10-28 01:00:00', 7200, 3600),
  ('2040-10-28 01:00:00', '2041-03-31 01:00:00', 3600, 7200),
  ('2041-03-31 01:00:00', '2041-10-27 01:00:00', 7200, 3600),
  ('2041-10-27 01:00:00', '2042-03-30 01:00:00', 3600, 7200),
  ('2042-03-30 01:00:00', '2042-10-26 01:00:00', 7200, 3600),
  ('2042-10-26 01:00:00', '2043-03-29 01:00:00', 3600, 7200),
  ('2043-03-29 01:00:00', '2043-10-25 01:00:00', 7200, 3600),
  ('2043-10-25 01:00:00', '2044-03-27 01:00:00', 3600, 7200),
  ('2044-03-27 01:00:00', '2044-10-30 01:00:00', 7200, 3600),
  ('2044-10-30 01:00:00', '2045-03-26 01:00:00', 3600, 7200),
  ('2045-03-26 01:00:00', '2045-10-29 01:00:00', 7200, 3600),
  ('2045-10-29 01:00:00', '2046-03-25 01:00:00', 3600, 7200),
  ('2046-03-25 01:00:00', '2046-10-28 01:00:00', 7200, 3600),
  ('2046-10-28 01:00:00', '2047-03-31 01:00:00', 3600, 7200),
  ('2047-03-31 01:00:00', '2047-10-27 01:00:00', 7200, 3600),
  ('2047-10-27 01:00:00', '2048-03-29 01:00:00', 3600, 7200),
  ('2048-03-29 01:00:00', '2048-10-25 01:00:00', 7200, 3600),
  ('2048-10-25 01:00:00', '2049-03-28 01:00:00', 3600, 7200),
  ('2049-03-28 01:00:00', '2049-10-31 01:00:00', 7200, 3600),
  ('2049-10-31 01:00:00', '2050-03-27 01:00:00', 3600, 7200),
  ('2050-03-27 01:00:00', '2050-10-30 01:00:00', 7200, 3600),
  ('2050-10-30 01:00:00', NULL, 3600, NULL);
CREATE TABLE "jibrok_policy"."holiday" (day date PRIMARY KEY);
ALTER TABLE "jibrok_policy"."holiday" OWNER TO "jibrok_policy_eraser";
INSERT INTO "jibrok_policy"."holiday" VALUES
  ('2026-01-01'), ('2026-04-03'), ('2026-04-06'), ('2026-05-01'), ('2026-05-14'), ('2026-05-25'),
  ('2026-10-03'), ('2026-12-25'), ('2026-12-26'), ('2027-01-01'), ('2027-03-26'), ('2027-03-29'),
  ('2027-05-01'), ('2027-05-06'), ('2027-05-17'), ('2027-10-03'), ('2027-12-25'), ('2027-12-26'),
  ('2028-01-01'), ('2028-04-14'), ('2028-04-17'), ('2028-05-01'), ('2028-05-25'), ('2028-06-05'),
  ('2028-10-03'), ('2028-12-25'), ('2028-12-26');
CREATE FUNCTION "jibrok_policy"."due_instant"(start timestamptz, amount integer, unit text)
  RETURNS timestamptz LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, "jibrok_policy", pg_temp
  AS $avow$
-- The instant by which something must be done that long after a start, as avow_when_due counts it:
-- with the zone and the holidays of the policy, not with those of the server. One that cannot be
-- computed is a bound: infinite, or one microsecond past a whole second.
DECLARE
  c record;
  zone record;
  instant timestamp := date_trunc('second', start AT TIME ZONE 'UTC');
  here timestamp;
  last_day date;
  past boolean := false;
BEGIN
  IF instant IS NULL OR NOT isfinite(instant) OR unit = 'at once' THEN
    RETURN instant AT TIME ZONE 'UTC';
  ELSIF unit = 'hours' THEN
    RETURN (instant + make_interval(secs => amount * 3600.0)) AT TIME ZONE 'UTC';
  END IF;
  amount := LEAST(amount, 10000); -- past the years of any zone all the same
  SELECT * INTO STRICT c FROM calendar;
  IF instant < c.known_from THEN
    RETURN '-infinity';
  ELSIF instant >= c.known_until THEN
    RETURN c.known_until AT TIME ZONE 'UTC' + interval '1 microsecond';
  END IF;
  SELECT * INTO STRICT zone FROM zone_change WHERE since <= instant ORDER BY since DESC LIMIT 1;
  here := instant + make_interval(secs => zone.seconds);
  last_day := here::date;
  CASE unit
    WHEN 'days' THEN last_day := last_day + amount;
    WHEN 'weeks' THEN last_day := last_day + 7 * amount;
    WHEN 'months' THEN last_day := (last_day + make_interval(months => amount))::date;
    WHEN 'years' THEN last_day := (last_day + make_interval(years => amount))::date;
    WHEN 'business days' THEN
      IF here - last_day > make_interval(mins => c.cut_off) THEN
        last_day := last_day + 1;
      END IF;
      WHILE amount > 0 LOOP
        last_day := last_day + 1;
        IF last_day > c.holidays_until THEN
          last_day := c.holidays_until;
          past := true;
          EXIT;
        ELSIF last_day > c.known_until::date + 1 THEN
          EXIT;
        END IF;
        IF c.working_days >> extract(isodow FROM last_day)::integer - 1 & 1 = 1
            AND NOT EXISTS (SELECT FROM holiday WHERE holiday.day = last_day) THEN
          amount := amount - 1;
        END IF;
      END LOOP;
  END CASE;
  -- The last second of that day; of a time that clocks skip or show twice, the earlier instant.
  here := last_day + time '23:59:59';
  FOR zone IN SELECT * FROM zone_change
      WHERE until IS NULL OR until > here - interval '3 days' ORDER BY since LOOP
    instant := here - make_interval(secs => zone.seconds);
    EXIT WHEN zone.until IS NULL OR instant < zone.until;
    instant := here - make_interval(secs => zone.seconds_then);
    EXIT WHEN instant < zone.until;
  END LOOP;
  IF instant >= c.known_until THEN
    instant := c.known_until;
    past := true;
  END IF;
  IF past THEN
    instant := instant + interval '1 microsecond';
  END IF;
  RETURN instant AT TIME ZONE 'UTC';
END
$avow$;
ALTER FUNCTION "jibrok_policy"."due_instant"(timestamptz, integer, text) OWNER TO "jibrok_policy_eraser";
REVOKE ALL ON FUNCTION "jibrok_policy"."due_instant"(timestamptz, integer, text) FROM PUBLIC;
-- The end of a time to keep; one that cannot be computed never ends.
CREATE FUNCTION "jibrok_policy"."kept_until"(t timestamptz) RETURNS timestamptz LANGUAGE sql STABLE
  RETURN CASE WHEN date_trunc('second', t) = t AND t <> '-infinity' THEN t
              WHEN t IS NOT NULL THEN 'infinity' END;
ALTER FUNCTION "jibrok_policy"."kept_until"(timestamptz) OWNER TO "jibrok_policy_eraser";
REVOKE ALL ON FUNCTION "jibrok_policy"."kept_until"(timestamptz) FROM PUBLIC;
-- When to erase: no bound, and nothing that must still be kept.
CREATE FUNCTION "jibrok_policy"."due_of"(first timestamptz, kept timestamptz) RETURNS timestamptz LANGUAGE sql STABLE
  RETURN CASE WHEN first IS NOT NULL AND isfinite(GREATEST(first, kept))
               AND date_trunc('second', GREATEST(first, kept)) = GREATEST(first, kept)
              THEN GREATEST(first, kept) END;
ALTER FUNCTION "jibrok_policy"."due_of"(timestamptz, timestamptz) OWNER TO "jibrok_policy_eraser";
REVOKE ALL ON FUNCTION "jibrok_policy"."due_of"(timestamptz, timestamptz) FROM PUBLIC;

-- account, what must be erased
GRANT USAGE ON SCHEMA "tracker" TO "jibrok_policy_eraser";
GRANT SELECT ("ctid", "id", "removal_asked_at", "login", "profile") ON "tracker"."account" TO "jibrok_policy_eraser";
GRANT UPDATE, DELETE ON "tracker"."account" TO "jibrok_policy_eraser";
CREATE POLICY "jibrok_policy: what erases" ON "tracker"."account" TO "jibrok_policy_eraser" USING (true);
CREATE VIEW "jibrok_policy"."account__due"
  WITH (security_barrier = true, security_invoker = false) AS
  SELECT place, key,
    -- login, profile
    "jibrok_policy".due_of(first_1, kept_1) AS due_1, kept_1
  FROM (
    SELECT "account"."ctid" AS place, "account"."id" AS key,
      LEAST(
        -- clause account-removal: “You may ask us at any moment to remove your account from our issue tracker. We do so within 1 business day.”
        "jibrok_policy".due_instant("account"."removal_asked_at", 1, 'business days')) AS first_1,
      NULL::timestamptz AS kept_1
    FROM "tracker"."account"
  ) AS duties;
ALTER VIEW "jibrok_policy"."account__due" OWNER TO "jibrok_policy_eraser";

-- Erases what falls due before it runs again: a nightly job calls
--   SELECT * FROM jibrok_policy.erase_due(interval '1 day');
-- It never erases what must still be kept.
CREATE FUNCTION "jibrok_policy"."erase_due"(ahead interval)
  RETURNS TABLE (erased text, rows bigint) LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, "jibrok_policy", pg_temp
  AS $avow$
BEGIN
  IF ahead IS NULL OR ahead < interval '0' THEN
    RAISE EXCEPTION 'how long is it until this runs again?';
  END IF;
  -- Rows of which nothing may stay.
  DELETE FROM "tracker"."account" WHERE ctid IN (SELECT place FROM "jibrok_policy"."account__due"
    WHERE due_1 <= now() + ahead AND (kept_1 IS NULL OR kept_1 <= now()));
  GET DIAGNOSTICS rows = ROW_COUNT;
  erased := 'tracker.account: rows';
  RETURN NEXT;
END
$avow$;
ALTER FUNCTION "jibrok_policy"."erase_due"(interval) OWNER TO "jibrok_policy_eraser";
REVOKE ALL ON FUNCTION "jibrok_policy"."erase_due"(interval) FROM PUBLIC;
GRANT USAGE ON SCHEMA "jibrok_policy" TO "tracker_cleaner";
GRANT EXECUTE ON FUNCTION "jibrok_policy"."erase_due"(interval) TO "tracker_cleaner";

-- Nobody acts as a guard: neither whoever applied this, nor anybody else.
DO $avow$
DECLARE
  one record;
BEGIN
  FOR one IN SELECT name, schema FROM avow_role, avow_script WHERE kind = 'guard' LOOP
    EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM %I', one.schema, one.name);
    EXECUTE format('REVOKE %I FROM CURRENT_USER', one.name);
  END LOOP;
  FOR one IN SELECT guard.rolname AS guard, member.rolname AS member
      FROM avow_role JOIN pg_roles guard ON guard.rolname = name AND kind = 'guard'
      JOIN pg_auth_members m ON m.roleid = guard.oid JOIN pg_roles member ON member.oid = m.member LOOP
    RAISE EXCEPTION '% may act as %, whose views it could go around', one.member, one.guard
      USING HINT = format('REVOKE %I FROM %I;', one.guard, one.member);
  END LOOP;
END
$avow$;

COMMIT;
