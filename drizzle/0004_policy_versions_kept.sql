-- What was in force stays readable as it was: a version is added, and never changed nor taken away.
CREATE FUNCTION portcullis_keep_policy_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'policy versions stay as they were published; publish another instead'
		USING ERRCODE = 'integrity_constraint_violation';
END
$$;
--> statement-breakpoint
CREATE TRIGGER "policy_version_kept" BEFORE UPDATE OR DELETE OR TRUNCATE ON "policy_version"
	FOR EACH STATEMENT EXECUTE FUNCTION portcullis_keep_policy_version();
