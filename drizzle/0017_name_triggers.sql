-- Brings up what has changed meanwhile, and keeps it so from now on. Nobody writes to "users" in
-- between; reading goes on.
LOCK TABLE "users" IN SHARE ROW EXCLUSIVE MODE;
--> statement-breakpoint
DELETE FROM "user_names" WHERE "user_id" IN (SELECT "user_id" FROM "name_changes");
--> statement-breakpoint
INSERT INTO "user_names" ("user_id", "layer", "name")
SELECT "id", name_layer("id"), fold_name("username") || E'\n' || fold_name("display_name")
FROM "users" WHERE "id" IN (SELECT "user_id" FROM "name_changes");
--> statement-breakpoint
CREATE OR REPLACE FUNCTION "keep_user_name"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'DELETE' THEN
		DELETE FROM "user_names" WHERE "user_id" = OLD."id";
	ELSE
		INSERT INTO "user_names" ("user_id", "layer", "name")
		VALUES (NEW."id", name_layer(NEW."id"),
			fold_name(NEW."username") || E'\n' || fold_name(NEW."display_name"))
		ON CONFLICT ("user_id") DO UPDATE SET "name" = excluded."name"
		WHERE "user_names"."name" <> excluded."name";
	END IF;
	RETURN NULL;
END $$;
--> statement-breakpoint
DROP TABLE "name_changes";
