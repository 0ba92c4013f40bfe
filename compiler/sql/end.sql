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
