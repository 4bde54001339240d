CREATE TABLE "api_key" (
	"id" text PRIMARY KEY NOT NULL,
	"digest" text NOT NULL,
	"hint" text NOT NULL,
	"name" text NOT NULL,
	"team" text NOT NULL,
	"roles" jsonb NOT NULL,
	"scopes" jsonb NOT NULL,
	"floor" jsonb NOT NULL,
	"ceiling" jsonb NOT NULL,
	"default_sensitivity" jsonb NOT NULL,
	"purposes" jsonb NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "api_key_digest_unique" UNIQUE("digest")
);
--> statement-breakpoint
CREATE TABLE "attestation" (
	"id" text PRIMARY KEY NOT NULL,
	"subject" text NOT NULL,
	"guarantee" text NOT NULL,
	"origin" text NOT NULL,
	"evidence_url" text NOT NULL,
	"reason" text NOT NULL,
	"by" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"until" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "budget" (
	"scope" text PRIMARY KEY NOT NULL,
	"limit" numeric(24, 12) NOT NULL,
	"period" text NOT NULL,
	"spent" numeric(24, 12) NOT NULL,
	"held" numeric(24, 12) NOT NULL,
	"period_start" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "budget_hold" (
	"hold" text NOT NULL,
	"scope" text NOT NULL,
	"request_id" text NOT NULL,
	"amount" numeric(24, 12) NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "budget_hold_hold_scope_pk" PRIMARY KEY("hold","scope")
);
--> statement-breakpoint
CREATE TABLE "claim" (
	"caller_key" text NOT NULL,
	"idempotency_key" text NOT NULL,
	"body_hash" text NOT NULL,
	"request_id" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "claim_caller_key_idempotency_key_pk" PRIMARY KEY("caller_key","idempotency_key")
);
--> statement-breakpoint
CREATE TABLE "generation" (
	"id" integer PRIMARY KEY NOT NULL,
	"number" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ledger_entry" (
	"request_id" text PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"key" text NOT NULL,
	"team" text NOT NULL,
	"deployment" text NOT NULL,
	"model" text NOT NULL,
	"input_tokens" bigint NOT NULL,
	"cached_input_tokens" bigint NOT NULL,
	"cache_write_tokens" bigint NOT NULL,
	"output_tokens" bigint NOT NULL,
	"reasoning_tokens" bigint NOT NULL,
	"cost" numeric(24, 12),
	"estimated" boolean NOT NULL,
	"price_version" text
);
--> statement-breakpoint
CREATE TABLE "policy_version" (
	"number" integer PRIMARY KEY NOT NULL,
	"sha256" text NOT NULL,
	"files" json NOT NULL,
	"author" text NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "record" (
	"replica" text NOT NULL,
	"sequence" bigint NOT NULL,
	"kind" text NOT NULL,
	"request_id" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"body" text NOT NULL,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "record_replica_sequence_pk" PRIMARY KEY("replica","sequence")
);
--> statement-breakpoint
CREATE TABLE "replica" (
	"id" text PRIMARY KEY NOT NULL,
	"sequence" bigint DEFAULT 0 NOT NULL,
	"hash" text NOT NULL,
	"open_after" bigint DEFAULT 0 NOT NULL,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"recovering_until" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "synced_model" (
	"number" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "synced_model_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"deployment_id" text NOT NULL,
	"facts" json NOT NULL,
	"gone" boolean NOT NULL,
	"source" text NOT NULL,
	"valid_from" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "synced_price" (
	"number" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "synced_price_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"deployment_id" text NOT NULL,
	"version" text NOT NULL,
	"rates" json NOT NULL,
	"source" text NOT NULL,
	"valid_from" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "budget_hold_expiry" ON "budget_hold" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "claim_expiry" ON "claim" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "ledger_entry_at" ON "ledger_entry" USING btree ("at");--> statement-breakpoint
CREATE INDEX "record_request" ON "record" USING btree ("request_id");--> statement-breakpoint
CREATE UNIQUE INDEX "synced_price_version" ON "synced_price" USING btree ("deployment_id","version");