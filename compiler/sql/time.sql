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
