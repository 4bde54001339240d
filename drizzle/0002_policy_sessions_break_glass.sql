CREATE TABLE "break_glass" (
	"id" text PRIMARY KEY NOT NULL,
	"subject" text NOT NULL,
	"reason" text NOT NULL,
	"ticket" text NOT NULL,
	"minutes" integer NOT NULL,
	"requested_by" text NOT NULL,
	"requested_at" timestamp with time zone NOT NULL,
	"approved_by" text,
	"approved_at" timestamp with time zone,
	"expires_at" timestamp with time zone,
	"ended_by" text,
	"ended_at" timestamp with time zone,
	CONSTRAINT "break_glass_two_people" CHECK ("break_glass"."approved_by" <> "break_glass"."requested_by"),
	CONSTRAINT "break_glass_minutes" CHECK ("break_glass"."minutes" between 1 and 60),
	CONSTRAINT "break_glass_approval" CHECK (("break_glass"."approved_by" is null) = ("break_glass"."approved_at" is null)
        and ("break_glass"."approved_at" is null) = ("break_glass"."expires_at" is null)
        and "break_glass"."expires_at" <= "break_glass"."approved_at" + make_interval(mins => "break_glass"."minutes"))
);
--> statement-breakpoint
CREATE TABLE "session" (
	"caller_key" text NOT NULL,
	"name" text NOT NULL,
	"rank" integer NOT NULL,
	"labels" text[] NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "session_caller_key_name_pk" PRIMARY KEY("caller_key","name")
);
--> statement-breakpoint
ALTER TABLE "policy_version" ADD COLUMN "reason" text;--> statement-breakpoint
ALTER TABLE "policy_version" ADD COLUMN "revoke" text;--> statement-breakpoint
ALTER TABLE "replica" ADD COLUMN "policy_version" integer;--> statement-breakpoint
CREATE INDEX "break_glass_expiry" ON "break_glass" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "session_expiry" ON "session" USING btree ("expires_at");