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
ALTER TABLE "chat_members" ADD COLUMN "from_seq" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "chat_members" ADD COLUMN "read_seq" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "chat_members" ADD COLUMN "own_unread" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "chats" ADD COLUMN "last_seq" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "chats" ADD COLUMN "version" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "chats" ADD COLUMN "pair" text;--> statement-breakpoint
ALTER TABLE "chats" ADD COLUMN "large" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "seq" bigint;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "version" bigint;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "client_id" text;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "attachment_size" integer;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "edited_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "deleted_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "key_version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
-- Numbers the messages of each chat in the order in which the legacy server showed them.
UPDATE "messages" SET "seq" = placed."seq", "version" = placed."seq",
	"attachment_size" = length("attachment"::text)
FROM (
	SELECT "id", row_number() OVER (PARTITION BY "chat_id" ORDER BY "created_at", "id") AS "seq"
	FROM "messages" WHERE "chat_id" IS NOT NULL
) AS placed
WHERE placed."id" = "messages"."id";
--> statement-breakpoint
UPDATE "chats" SET "last_seq" = counted."n", "version" = counted."n"
FROM (SELECT "chat_id", count(*) AS "n" FROM "messages" GROUP BY "chat_id") AS counted
WHERE counted."chat_id" = "chats"."id";
--> statement-breakpoint
-- The legacy server kept no marks: what is there counts as read.
UPDATE "chat_members" SET "read_seq" = "last_seq"
FROM "chats" WHERE "chats"."id" = "chat_id" AND "last_seq" > 0;
--> statement-breakpoint
-- Of several personal chats of one pair the one with the newest message is theirs from now on; the
-- others stay as they are.
UPDATE "chats" SET "pair" = newest."pair"
FROM (
	SELECT DISTINCT ON ("pair") "pair", "id" FROM (
		SELECT "chats"."id", "last_time", "chats"."created_at",
			string_agg("user_id", ':' ORDER BY "user_id" COLLATE "C") AS "pair"
		FROM "chats" JOIN "chat_members" ON "chat_id" = "chats"."id"
		WHERE coalesce("type", 'user') = 'user'
		GROUP BY "chats"."id" HAVING count(*) = 2
	) AS pairs
	ORDER BY "pair", "last_time" DESC NULLS LAST, "created_at" DESC NULLS LAST, "id"
) AS newest
WHERE newest."id" = "chats"."id";
--> statement-breakpoint
-- Numbers what the legacy server writes while both servers run.
CREATE FUNCTION "number_message"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE "chats" SET "last_seq" = "last_seq" + 1, "version" = "version" + 1
	WHERE "id" = NEW."chat_id" RETURNING "last_seq", "version" INTO NEW."seq", NEW."version";
	RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER "number_message" BEFORE INSERT ON "messages"
	FOR EACH ROW WHEN (NEW."seq" IS NULL AND NEW."chat_id" IS NOT NULL)
	EXECUTE FUNCTION "number_message"();
--> statement-breakpoint
CREATE INDEX "blocks_blocked_id_idx" ON "blocks" USING btree ("blocked_id","user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "feed_entries_read_idx" ON "feed_entries" USING btree ("user_id","chat_id","about") WHERE "feed_entries"."kind" = 'read';--> statement-breakpoint
CREATE INDEX "feed_entries_at_idx" ON "feed_entries" USING btree ("at");--> statement-breakpoint
CREATE INDEX "chat_members_user_id_idx" ON "chat_members" USING btree ("user_id","chat_id");--> statement-breakpoint
CREATE UNIQUE INDEX "messages_client_id_idx" ON "messages" USING btree ("chat_id","sender_id","client_id") WHERE "messages"."client_id" is not null;--> statement-breakpoint
CREATE INDEX "messages_version_idx" ON "messages" USING btree ("chat_id","version");--> statement-breakpoint
ALTER TABLE "chats" ADD CONSTRAINT "chats_pair_key" UNIQUE("pair");--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_chat_id_seq_key" UNIQUE("chat_id","seq");