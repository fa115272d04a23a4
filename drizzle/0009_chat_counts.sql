-- Gives each chat the count of its messages, and begins to number those that come after. Nobody writes
-- meanwhile, or a message would be counted twice or not at all; reading goes on.
LOCK TABLE "messages", "chat_members", "chats" IN SHARE ROW EXCLUSIVE MODE;
--> statement-breakpoint
-- Of several personal chats of one pair the one with the newest message is theirs from now on; the
-- others stay as they are. Ids are sorted by their bytes, as JavaScript sorts them.
UPDATE "chats" SET "pair" = found."pair", "large" = found."large",
	"last_seq" = found."messages", "version" = found."messages"
FROM (
	WITH written AS (
		SELECT "chat_id", count(*) AS "messages", max("created_at") AS "newest"
		FROM "messages" WHERE "chat_id" IS NOT NULL GROUP BY "chat_id"
	), peopled AS (
		SELECT "chat_id", count(*) AS "members",
			CASE WHEN count(*) = 2 THEN min("user_id" COLLATE "C") || ':' || max("user_id" COLLATE "C")
			END AS "pair"
		FROM "chat_members" GROUP BY "chat_id"
	), ranked AS (
		SELECT "id", coalesce("messages", 0) AS "messages", coalesce("members", 0) > 256 AS "large",
			CASE WHEN coalesce("type", 'user') = 'user' THEN peopled."pair" END AS "pair",
			row_number() OVER (
				PARTITION BY coalesce("type", 'user') = 'user', peopled."pair"
				ORDER BY "newest" DESC NULLS LAST, "last_time" DESC NULLS LAST,
					"created_at" DESC NULLS LAST, "id" COLLATE "C"
			) AS "place"
		FROM "chats"
		LEFT JOIN written ON written."chat_id" = "id"
		LEFT JOIN peopled ON peopled."chat_id" = "id"
	)
	SELECT "id", "messages", "large", CASE WHEN "place" = 1 THEN "pair" END AS "pair" FROM ranked
) AS found
WHERE found."id" = "chats"."id"
	AND (found."messages" > 0 OR found."large" OR found."pair" IS NOT NULL);
--> statement-breakpoint
CREATE UNIQUE INDEX "chats_pair_idx" ON "chats" USING btree ("pair");
--> statement-breakpoint
CREATE INDEX "chats_large_idx" ON "chats" USING btree ("id") WHERE "chats"."large";
--> statement-breakpoint
-- The legacy server kept no marks: what is there counts as read.
UPDATE "chat_members" SET "read_seq" = "last_seq"
FROM "chats" WHERE "chats"."id" = "chat_id" AND "last_seq" > 0;
--> statement-breakpoint
-- Numbers what the legacy server writes while both servers run, and writes it into the feeds. What
-- writes with a number of its own has done all of this itself.
CREATE FUNCTION "number_message"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	is_large boolean;
BEGIN
	UPDATE "chats" SET "last_seq" = "last_seq" + 1, "version" = "version" + 1
	WHERE "id" = NEW."chat_id"
	RETURNING "last_seq", "version", "large" INTO NEW."seq", NEW."version", is_large;
	NEW."attachment_size" := length(NEW."attachment"::text);
	UPDATE "chat_members" SET "own_unread" = "own_unread" + 1
	WHERE "chat_id" = NEW."chat_id" AND "user_id" = NEW."sender_id";
	WITH numbered AS (
		INSERT INTO "feeds" AS feed ("user_id", "n", "at")
		SELECT "user_id", 1, clock_timestamp() FROM "chat_members"
		WHERE "chat_id" = NEW."chat_id" AND (NOT is_large OR "user_id" = NEW."sender_id")
		ORDER BY "user_id"
		ON CONFLICT ("user_id") DO UPDATE SET "n" = feed."n" + 1,
			"at" = greatest(clock_timestamp(), feed."at" + interval '1 microsecond')
		RETURNING "user_id", "n", "at"
	)
	INSERT INTO "feed_entries" ("user_id", "n", "at", "chat_id", "kind", "seq")
	SELECT "user_id", "n", "at", NEW."chat_id", 'message', NEW."seq" FROM numbered;
	RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER "number_message" BEFORE INSERT ON "messages"
	FOR EACH ROW WHEN (NEW."seq" IS NULL AND NEW."chat_id" IS NOT NULL)
	EXECUTE FUNCTION "number_message"();
--> statement-breakpoint
-- Makes a personal chat that the legacy server creates the one of its pair, unless there is one.
CREATE FUNCTION "pair_chat"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	unpaired text;
	both_sides text;
BEGIN
	FOR unpaired IN
		SELECT "id" FROM "chats"
		WHERE "id" IN (SELECT "chat_id" FROM added) AND "pair" IS NULL
			AND coalesce("type", 'user') = 'user'
	LOOP
		SELECT min("user_id" COLLATE "C") || ':' || max("user_id" COLLATE "C") INTO both_sides
		FROM "chat_members" WHERE "chat_id" = unpaired HAVING count(*) = 2;
		CONTINUE WHEN both_sides IS NULL
			OR EXISTS (SELECT FROM "chats" WHERE "pair" = both_sides);
		BEGIN
			UPDATE "chats" SET "pair" = both_sides WHERE "id" = unpaired;
		EXCEPTION WHEN unique_violation THEN
			-- Another session was faster: its chat is the one.
		END;
	END LOOP;
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "pair_chat" AFTER INSERT ON "chat_members" REFERENCING NEW TABLE AS added
	FOR EACH STATEMENT EXECUTE FUNCTION "pair_chat"();
