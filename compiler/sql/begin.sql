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
