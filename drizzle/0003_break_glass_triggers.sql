-- A grant begins, ends and is seen by every replica within a second.
CREATE TRIGGER "break_glass_generation" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "break_glass"
	FOR EACH STATEMENT EXECUTE FUNCTION portcullis_bump_generation();
--> statement-breakpoint
-- What one person asked for is what the other approved: neither is changed afterwards, by nobody.
CREATE FUNCTION portcullis_keep_break_glass() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF (NEW."id", NEW."subject", NEW."reason", NEW."ticket", NEW."minutes", NEW."requested_by", NEW."requested_at")
		IS DISTINCT FROM
		(OLD."id", OLD."subject", OLD."reason", OLD."ticket", OLD."minutes", OLD."requested_by", OLD."requested_at")
	OR (OLD."approved_by" IS NOT NULL
		AND (NEW."approved_by", NEW."approved_at", NEW."expires_at")
			IS DISTINCT FROM (OLD."approved_by", OLD."approved_at", OLD."expires_at"))
	OR (OLD."ended_at" IS NOT NULL
		AND (NEW."approved_by", NEW."ended_by", NEW."ended_at")
			IS DISTINCT FROM (OLD."approved_by", OLD."ended_by", OLD."ended_at"))
	THEN
		RAISE EXCEPTION 'a break-glass request, its approval and its end stay as they were written'
			USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "break_glass_kept" BEFORE UPDATE ON "break_glass"
	FOR EACH ROW EXECUTE FUNCTION portcullis_keep_break_glass();
