-- Whatever every replica must learn of within a second bumps `generation` in the same transaction,
-- whoever changes it and however: the gateway, the command line, or a person with psql.
INSERT INTO "generation" ("id", "number") VALUES (1, 1) ON CONFLICT DO NOTHING;
--> statement-breakpoint
CREATE FUNCTION portcullis_bump_generation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE "generation" SET "number" = "number" + 1 WHERE "id" = 1;
	-- Wakes those who listen at commit; those who cannot listen poll.
	PERFORM pg_notify('portcullis_generation', '');
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "api_key_generation" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "api_key"
	FOR EACH STATEMENT EXECUTE FUNCTION portcullis_bump_generation();
--> statement-breakpoint
CREATE TRIGGER "policy_version_generation" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "policy_version"
	FOR EACH STATEMENT EXECUTE FUNCTION portcullis_bump_generation();
--> statement-breakpoint
CREATE TRIGGER "attestation_generation" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "attestation"
	FOR EACH STATEMENT EXECUTE FUNCTION portcullis_bump_generation();
--> statement-breakpoint
CREATE TRIGGER "synced_model_generation" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "synced_model"
	FOR EACH STATEMENT EXECUTE FUNCTION portcullis_bump_generation();
--> statement-breakpoint
CREATE TRIGGER "synced_price_generation" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "synced_price"
	FOR EACH STATEMENT EXECUTE FUNCTION portcullis_bump_generation();
--> statement-breakpoint
-- A budget's existence and limit, not the money that passes through it.
CREATE TRIGGER "budget_generation" AFTER INSERT OR UPDATE OF "limit", "period" OR DELETE OR TRUNCATE ON "budget"
	FOR EACH STATEMENT EXECUTE FUNCTION portcullis_bump_generation();
