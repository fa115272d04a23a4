-- Numbers the messages of each chat from before in the order in which the legacy server showed them.
-- Reading and writing go on meanwhile.
UPDATE "messages" SET "seq" = placed."seq", "version" = placed."seq",
	"attachment_size" = length("attachment"::text)
FROM (
	SELECT "id", row_number() OVER (PARTITION BY "chat_id" ORDER BY "created_at", "id") AS "seq"
	FROM "messages" WHERE "chat_id" IS NOT NULL AND "seq" IS NULL
) AS placed
WHERE placed."id" = "messages"."id";
