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
