CREATE TABLE "breaker_hint" (
	"deployment" text PRIMARY KEY NOT NULL,
	"cause" text NOT NULL,
	"replica" text NOT NULL,
	"until" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "escalation_memory" (
	"route" text NOT NULL,
	"category" text NOT NULL,
	"enough" bigint NOT NULL,
	"escalated" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "escalation_memory_route_category_pk" PRIMARY KEY("route","category")
);
--> statement-breakpoint
CREATE TABLE "quality_score" (
	"model" text NOT NULL,
	"task" text NOT NULL,
	"score" double precision NOT NULL,
	"source" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "quality_score_model_task_pk" PRIMARY KEY("model","task")
);
--> statement-breakpoint
CREATE TABLE "route_result" (
	"route" text NOT NULL,
	"arm" text NOT NULL,
	"day" text NOT NULL,
	"requests" bigint NOT NULL,
	"failures" bigint NOT NULL,
	"cost" numeric(24, 12) NOT NULL,
	"output_tokens" bigint NOT NULL,
	"milliseconds" bigint NOT NULL,
	"first_tokens" bigint NOT NULL,
	"first_token_milliseconds" bigint NOT NULL,
	CONSTRAINT "route_result_route_arm_day_pk" PRIMARY KEY("route","arm","day")
);
--> statement-breakpoint
ALTER TABLE "session" ADD COLUMN "deployment" text;