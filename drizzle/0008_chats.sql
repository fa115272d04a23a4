CREATE TABLE "blocks" (
	"user_id" text NOT NULL,
	"blocked_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "blocks_pkey" PRIMARY KEY("user_id","blocked_id")
);
--> statement-breakpoint
CREATE TABLE "feed_entries" (
	"user_id" text NOT NULL,
	"n" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"chat_id" text NOT NULL,
	"kind" text NOT NULL,
	"seq" bigint,
	"about" text,
	CONSTRAINT "feed_entries_pkey" PRIMARY KEY("user_id","n")
);
--> statement-breakpoint
CREATE TABLE "feeds" (
	"user_id" text PRIMARY KEY NOT NULL,
	"n" bigint DEFAULT 0 NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "user_rates" (
	"user_id" text NOT NULL,
	"name" text NOT NULL,
	"free_at" timestamp with time zone NOT NULL,
	CONSTRAINT "user_rates_pkey" PRIMARY KEY("user_id","name")
);
--> statement-breakpoint
CREATE INDEX "blocks_blocked_id_idx" ON "blocks" USING btree ("blocked_id","user_id");
--> statement-breakpoint
CREATE UNIQUE INDEX "feed_entries_read_idx" ON "feed_entries" USING btree ("user_id","chat_id","about") WHERE "feed_entries"."kind" = 'read';
--> statement-breakpoint
CREATE INDEX "feed_entries_at_idx" ON "feed_entries" USING btree ("at");
--> statement-breakpoint
-- From here on the catalogue alone is changed. The tables are locked in the order in which the
-- legacy server's writes come to them, from a message to its chat: no deadlock then.
LOCK TABLE "messages", "chat_members", "chats", "users" IN ACCESS EXCLUSIVE MODE;
--> statement-breakpoint
ALTER TABLE "chat_members" ADD COLUMN "from_seq" bigint DEFAULT 0 NOT NULL;
--> statement-breakpoint
ALTER TABLE "chat_members" ADD COLUMN "read_seq" bigint DEFAULT 0 NOT NULL;
--> statement-breakpoint
ALTER TABLE "chat_members" ADD COLUMN "own_unread" integer DEFAULT 0 NOT NULL;
--> statement-breakpoint
ALTER TABLE "chats" ADD COLUMN "last_seq" bigint DEFAULT 0 NOT NULL;
--> statement-breakpoint
ALTER TABLE "chats" ADD COLUMN "version" bigint DEFAULT 0 NOT NULL;
--> statement-breakpoint
ALTER TABLE "chats" ADD COLUMN "pair" text;
--> statement-breakpoint
ALTER TABLE "chats" ADD COLUMN "large" boolean DEFAULT false NOT NULL;
--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "seq" bigint;
--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "version" bigint;
--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "client_id" text;
--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "attachment_size" integer;
--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "edited_at" timestamp with time zone;
--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "deleted_at" timestamp with time zone;
--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "key_version" integer DEFAULT 1 NOT NULL;
