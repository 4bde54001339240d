CREATE TABLE "trusted_document" (
	"id" text PRIMARY KEY NOT NULL,
	"sha256" text NOT NULL,
	"text" text NOT NULL,
	"name" text,
	"at" timestamp with time zone NOT NULL,
	"by" text NOT NULL
);
