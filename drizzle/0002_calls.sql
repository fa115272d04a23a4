CREATE TABLE "call_members" (
	"call_id" text NOT NULL,
	"user_id" text NOT NULL,
	"role" text NOT NULL,
	"joined" boolean NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "call_members_pkey" PRIMARY KEY("call_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "calls" (
	"id" text PRIMARY KEY NOT NULL,
	"caller_id" text NOT NULL,
	"video" boolean NOT NULL,
	"reason" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"accepted_at" timestamp with time zone,
	"ended_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "telegram_links" ADD COLUMN "missed_calls" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "call_members" ADD CONSTRAINT "call_members_call_id_fkey" FOREIGN KEY ("call_id") REFERENCES "public"."calls"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "call_members_history_idx" ON "call_members" USING btree ("user_id","created_at","call_id");